import { spawnSync } from "node:child_process";
import { join } from "node:path";

const BUILDS = ["bun-linux-x64", "bun-linux-x64-baseline", "bun-linux-aarch64"];

/** The first build of Bun that is installed and runs on this processor (`baseline` needs no AVX2); null where none does. */
export function bunProgram(): string | null {
  const programs = BUILDS.map((build) => join(import.meta.dirname, "node_modules/@oven", build, "bin/bun"));
  return programs.find((program) => spawnSync(program, ["--version"]).status === 0) ?? null;
}

/** The oldest Node that core promises to run on; null where none is installed for this platform. */
export function oldestNodeProgram(): string | null {
  const program = join(import.meta.dirname, "node_modules/node-22-x64/bin/node");
  return spawnSync(program, ["--version"]).status === 0 ? program : null;
}
