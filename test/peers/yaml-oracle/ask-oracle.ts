import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { requirePeers } from "../binaries.ts";

/** What one way of reading made of a text: its documents, and whether it stopped at an error after them. */
export interface OracleReading {
  readonly documents: readonly unknown[];
  readonly failed: boolean;
}

/** What Kubernetes' Go libraries make of a text; see main.go. */
export interface OracleAnswer {
  /** Decoded into v1.Secret, as kubeseal does. */
  readonly secrets: OracleReading;
  readonly sealedSecrets: OracleReading;
  /** As kubectl does, with no type in mind. */
  readonly plain: OracleReading;
  /** The documents of `plain` as sigs.k8s.io/yaml prints them; null where it cannot. */
  readonly written: readonly string[] | null;
}

/** Asks the Go program about many texts at once. */
export async function askOracle(texts: readonly string[]): Promise<OracleAnswer[]> {
  const { yamlOracle } = requirePeers("yamlOracle");
  const child = spawn(yamlOracle, { stdio: ["pipe", "pipe", "inherit"] });
  const output = buffer(child.stdout);
  child.stdin.end(texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
  const answers = (await output).toString("utf8").split("\n").slice(0, -1);
  if (answers.length !== texts.length) throw new Error(`yaml-oracle answered ${answers.length} of ${texts.length}`);
  return answers.map((line) => JSON.parse(line, fromEntries) as OracleAnswer);
}

/** The program prints objects as lists of entries: JSON.parse of V8 13.6 takes one key with an escape for another, at times. */
function fromEntries(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("entries" in value) || Array.isArray(value)) return value;
  return Object.fromEntries(value.entries as [string, unknown][]);
}
