import { readdirSync, readFileSync } from "node:fs";
import { type Problem, SealwrightError } from "@sealwright/core";
import { CommandError, type Failure } from "../../src/failure.ts";

const sources = new URL("../../../", import.meta.url);

/** Where each set of codes is declared, as `readonly code: "..."`. */
const UNIONS: Readonly<Record<string, string>> = {
  core: "core/src/errors.ts",
  failure: "cli/src/failure.ts",
  cluster: "cli/src/cluster/problem.ts",
  items: "cli/src/items/problem.ts",
  keys: "cli/src/keys/problem.ts",
  oidc: "cli/src/oidc/problem.ts",
  project: "cli/src/project/problem.ts",
  recovery: "cli/src/recovery/problem.ts",
};

/**
 * Everything that the programs can refuse: `keys passphrase_empty`, `core too_large`, `syntax bad_merge`, `fault ENOENT`; and by its
 * words what is wrong with arguments, `usage no file was named`, where it has always the same.
 */
export function allErrors(): readonly string[] {
  const codes = Object.entries(UNIONS).flatMap(([set, path]) => found(set, path, /readonly code: "(\w+)"/g));
  const syntax = found("syntax", "core/src/kubernetes-yaml/syntax-error.ts", /^ {2}\| "(\w+)"/gm);
  const faults = found("fault", "cli/src/fault.ts", /^ {2}(\w+): /gm);
  const modules = readdirSync(new URL("cli/src/", sources), { recursive: true, encoding: "utf8" });
  const usages = modules
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => found("usage", `cli/src/${name}`, /\busage\(\s*"([^"]+)"/g, 0));
  // They hold a problem of a set of their own, which is named instead.
  const sets = new Set(Object.keys(UNIONS).map((set) => `failure ${set}`));
  return [...new Set([...codes, ...syntax, ...faults, ...usages])].filter((name) => !sets.has(name)).toSorted();
}

/** What an error that was put into words is, and what it holds. */
export function errorsIn(error: unknown): readonly string[] {
  if (error instanceof SealwrightError) return [`core ${error.problem.code}`];
  return error instanceof CommandError ? inFailure(error.failure) : [];
}

function inFailure(failure: Failure): readonly string[] {
  const { code } = failure;
  if (code === "usage") return [`failure ${code}`, `usage ${failure.message}`];
  if (code === "manifest_syntax") return [`failure ${code}`, `syntax ${failure.error.code}`];
  if (!("problem" in failure)) return [`failure ${code}`, ...faultsOf(failure)];
  const { problem } = failure;
  if (!Object.hasOwn(UNIONS, code)) return [`failure ${code}`, `core ${problem.code}`];
  const inner: readonly Problem[] = "problem" in problem ? [problem.problem] : [];
  return [`${code} ${problem.code}`, ...inner.map((each) => `core ${each.code}`), ...faultsOf(problem)];
}

function faultsOf(holder: object): readonly string[] {
  return "fault" in holder ? [`fault ${holder.fault}`] : [];
}

function found(set: string, path: string, pattern: RegExp, atLeast = 1): readonly string[] {
  const source = readFileSync(new URL(path, sources), "utf8");
  const names = [...source.matchAll(pattern)].map(([, code]) => `${set} ${code}`);
  if (names.length < atLeast) throw new Error(`${path} declares no codes in the way that is looked for`);
  return names;
}
