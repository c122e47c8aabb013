import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { requirePeers } from "../binaries.ts";

/** What to seal, to the first key, and what to open, with all of them; see main.go. */
export interface OracleRequest {
  /** PEM texts. */
  readonly privateKeys: readonly string[];
  /** Secrets to put into `spec.data` each. */
  readonly seal?: readonly object[];
  /** SealedSecrets of either format. */
  readonly open?: readonly object[];
}

/** One entry for each that was asked for, in the same order: the manifests of SealedSecrets, and of Secrets. */
export interface OracleAnswer {
  readonly sealed: readonly object[];
  readonly opened: readonly object[];
}

/** Asks the Go project's own package; throws with what the program says where one of them cannot be sealed or opened. */
export async function askOracle(request: OracleRequest): Promise<OracleAnswer> {
  const { sealedSecretsOracle } = requirePeers("sealedSecretsOracle");
  const child = spawn(sealedSecretsOracle, { stdio: "pipe" });
  const ended = once(child, "close");
  child.stdin.on("error", () => undefined).end(JSON.stringify(request));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (child.exitCode !== 0) throw new Error(`sealed-secrets-oracle: ${stderr.trim()}`);
  return JSON.parse(stdout) as OracleAnswer;
}
