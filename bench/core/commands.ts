import { join } from "node:path";
import { requirePeers } from "../../test/peers/binaries.ts";
import type { Command } from "../bench.ts";
import { compiledProgram } from "../measure/compiled-program.ts";

/** A program of `programs/`, where `installPrograms` has put it. On one core it has no other. */
export function ours(folder: string, program: string, args: readonly (string | number)[], cores = 1): Command {
  return {
    program: process.execPath,
    args: [join(folder, `${program}.js`), ...args.map(String)],
    oneCore: cores === 1,
  };
}

/** The Go project's library: `test/peers/core-bench`. */
export function theirs(args: readonly string[], cores = 1): Command {
  const { coreBench } = requirePeers("coreBench");
  return { program: coreBench, args, env: { GOMAXPROCS: String(cores) }, oneCore: cores === 1 };
}

/** So many bare RSA operations, as a limit. */
export function bareRsa(operation: "encrypt" | "decrypt", count: number, keyFile: string, cores = 1): Command {
  const args = [compiledProgram("bench/core/programs/rsa.ts"), operation, String(count), String(cores), keyFile];
  return { program: process.execPath, args, oneCore: cores === 1 };
}
