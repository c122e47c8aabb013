import { type Finding, subjectOf } from "./finding.ts";

/** For people: a line that editors and terminals can jump by, and one that says what to do. */
export function findingsAsText(findings: readonly Finding[], paint: (severity: Finding["severity"]) => string): string {
  return findings
    .map((finding) => {
      const { source, line, document, severity, code, message, advice } = finding;
      const subject = subjectOf(finding);
      const who = subject === "" ? "" : `${subject}: `;
      const where = document > 1 ? ` (document ${document})` : "";
      return `${source}:${line}: ${paint(severity)}: ${who}${message}${where} [${code}]\n  hint: ${advice}\n`;
    })
    .join("");
}
