import { callCli } from "./call-cli.ts";
import type { ProgramOptions, ProgramRun } from "./program.ts";

/** Runs `sealwright` in this process, as a person would: how its process starts and ends is tested with the command line itself. */
export function runSealwright(
  args: readonly string[],
  options: Omit<ProgramOptions, "args"> = {},
): Promise<ProgramRun> {
  const { env = {}, cwd = process.cwd(), stdin = "" } = options;
  return callCli("sealwright", { args, env: { ...process.env, ...env }, cwd, stdin });
}
