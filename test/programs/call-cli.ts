import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { main } from "../../packages/cli/src/main.ts";
import { processIo } from "../../packages/cli/src/process-io.ts";
import type { ProgramRun } from "./program.ts";

export interface CallOptions {
  readonly args: readonly string[];
  /** All of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Empty unless told. */
  readonly stdin?: string | Uint8Array;
}

/** Runs a program of the command line in this process, where what it says counts and not how it starts. */
export async function callCli(
  program: "sealwright" | "kubeseal",
  { args, env, cwd, stdin = "" }: CallOptions,
): Promise<ProgramRun> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const code = await main(
    [program, ...args],
    processIo({ stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr, env, cwd: () => cwd }),
  );
  stdout.end();
  stderr.end();
  const [said, told] = await written;
  return { code, stdout: said, stderr: told };
}
