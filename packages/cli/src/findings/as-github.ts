import { type Finding, subjectOf } from "./finding.ts";

/** Workflow commands of GitHub Actions, which show each finding at its line of a pull request. */
export function findingsAsGithub(findings: readonly Finding[], pathOf: (source: string) => string): string {
  return findings.map((finding) => commandOf(finding, pathOf)).join("");
}

function commandOf(finding: Finding, pathOf: (source: string) => string): string {
  const { severity, source, line, code, message, advice } = finding;
  const subject = subjectOf(finding);
  const properties = { file: pathOf(source), line: String(line), title: `sealwright: ${code}` };
  const shown = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  const text = `${subject === "" ? "" : `${subject}: `}${message}\nWhat to do: ${advice}`;
  return `::${severity} ${shown.join(",")}::${escapeData(text)}\n`;
}

/** As the runner takes them apart again: a percent sign first. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
