import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly stdin?: string | Uint8Array;
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** The source of a program of this workspace: `packages/cli/src/bin.ts`. */
export function sourceOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** Starts a TypeScript or JavaScript program on the Node of this process. */
export function startProgram(source: string, { args = [], env = {}, cwd }: ProgramOptions = {}): ChildProcess {
  return spawn(process.execPath, [source, ...args], {
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Runs a program to its end. */
export async function runProgram(source: string, options: ProgramOptions = {}): Promise<ProgramRun> {
  const child = startProgram(source, options);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  // A program that refuses its flags ends without reading.
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.stdin ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Keeps what a stream says; the function returned gives all of it so far. */
export function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
