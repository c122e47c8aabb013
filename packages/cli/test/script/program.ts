import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { main } from "../../src/main.ts";
import { startOf } from "./published.ts";
import type { World } from "./world.ts";

/** What a program left when it ended. */
export interface Result {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What somebody at the terminal saw beside; of a process, the terminal's own tests know. */
  readonly screen: string;
}

/** The programs' sources, which Node runs as they are. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  sealwright: fileURLToPath(new URL("../../src/bin.ts", import.meta.url)),
  kubeseal: fileURLToPath(new URL("../../src/kubeseal/bin.ts", import.meta.url)),
};

/** Runs a program in this process. */
export async function call(command: readonly string[], world: World): Promise<Result> {
  const written = { stdout: "", stderr: "", screen: "" };
  const io = world.io((stream, text) => {
    written[stream] += text;
  });
  const exit = await main(command, io);
  return { exit, ...written };
}

/** Runs a program as a process; where it is none of ours by name, it is a file in the world's folder. */
export async function start([program = "", ...args]: readonly string[], world: World): Promise<Result> {
  const { command, before, name } = startOf(program) ?? { command: process.execPath, before: [world.path(program)] };
  const child = spawn(command, [...before, ...args], {
    env: world.env,
    cwd: world.folder,
    ...(name === undefined ? {} : { argv0: name }),
  });
  child.stdin.on("error", () => undefined).end(world.stdin.bytes);
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  const [exit, stdout, stderr] = await Promise.all([ended, said(child.stdout), said(child.stderr)]);
  return { exit, stdout, stderr, screen: "" };
}

/** To the character: whoever reads it as text loses a byte order mark. */
async function said(output: Readable): Promise<string> {
  return (await buffer(output)).toString();
}
