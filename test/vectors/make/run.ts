import { spawnSync } from "node:child_process";

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly cwd?: string;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, without any cluster in its environment. */
export function tryRun(program: string, args: readonly string[], { stdin = "", cwd }: RunOptions = {}): Ended {
  const env = { ...process.env, KUBECONFIG: "" };
  const { error, status, stdout, stderr } = spawnSync(program, args, { input: stdin, cwd, env, encoding: "utf8" });
  if (error !== undefined) throw error;
  return { code: status ?? 1, stdout, stderr };
}

/** Runs a program that must not fail; returns its standard output. */
export function run(program: string, args: readonly string[], options?: RunOptions): string {
  const { code, stdout, stderr } = tryRun(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}: ${stderr.trim()}`);
  return stdout;
}
