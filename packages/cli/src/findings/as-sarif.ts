import { createHash } from "node:crypto";
import { VERSION } from "../version.ts";
import { CATALOGUE } from "./catalogue.ts";
import { type Finding, type FindingCode, subjectOf } from "./finding.ts";

const HOME = "https://sealwright.dev";
const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** A SARIF 2.1.0 log, as code scanning takes it: https://docs.oasis-open.org/sarif/sarif/v2.1.0 */
export function findingsAsSarif(findings: readonly Finding[], pathOf: (source: string) => string): string {
  const codes = Object.keys(CATALOGUE) as FindingCode[];
  const seen = new Map<string, number>();
  const results = findings.map((finding) => {
    const identity = identityOf(finding, pathOf);
    const occurrence = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, occurrence);
    return resultOf(finding, codes.indexOf(finding.code), { uri: uriOf(pathOf(finding.source)), identity, occurrence });
  });
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{ tool: { driver: driverOf(codes) }, columnKind: "utf16CodeUnits", results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function driverOf(codes: readonly FindingCode[]): object {
  const rules = codes.map((id) => {
    const { title, advice, severity } = CATALOGUE[id];
    return {
      id,
      shortDescription: { text: title },
      help: { text: advice },
      defaultConfiguration: { level: severity },
    };
  });
  return { name: "sealwright", version: VERSION, informationUri: HOME, rules };
}

interface ResultParts {
  readonly uri: string;
  readonly identity: string;
  readonly occurrence: number;
}

function resultOf(finding: Finding, ruleIndex: number, { uri, identity, occurrence }: ResultParts): object {
  const subject = subjectOf(finding);
  const { code, severity, line, message, advice } = finding;
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: `${subject === "" ? "" : `${subject}: `}${message}. What to do: ${advice}.` },
    locations: [
      { physicalLocation: { artifactLocation: { uri, uriBaseId: "%SRCROOT%" }, region: { startLine: line } } },
    ],
    partialFingerprints: { "sealwright/v1": `${identity}:${occurrence}` },
  };
}

/** The same for as long as the finding is: it does not move with the lines above it. */
function identityOf(finding: Finding, pathOf: (source: string) => string): string {
  const text = JSON.stringify([finding.code, pathOf(finding.source), finding.object, finding.item]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** A relative reference: each segment escaped, and none that could be taken for a scheme. */
function uriOf(path: string): string {
  const uri = path.split("/").map(encodeURIComponent).join("/");
  return uri.replaceAll("%2B", "+").replaceAll("%40", "@").replaceAll("%3D", "=");
}
