import type { Finding } from "./finding.ts";
import type { Looked } from "./verifier.ts";

/** For programs. Fields may be added; none changes its meaning. */
export function findingsAsJson(findings: readonly Finding[], { files, sealedSecrets }: Looked): string {
  return `${JSON.stringify({ version: 1, files, sealedSecrets, findings }, null, 2)}\n`;
}
