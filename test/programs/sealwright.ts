import { type ProgramOptions, type ProgramRun, runProgram, sourceOf } from "./program.ts";

/** Runs `sealwright` as a person would. */
export function runSealwright(
  args: readonly string[],
  options: Omit<ProgramOptions, "args"> = {},
): Promise<ProgramRun> {
  return runProgram(sourceOf("packages/cli/src/bin.ts"), { ...options, args });
}
