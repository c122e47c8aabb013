import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { FORM, startOf } from "../../packages/cli/test/script/published.ts";
import { type CallOptions, callCli } from "./call-cli.ts";
import type { ProgramRun } from "./program.ts";

/** Runs a program of the command line as what `SEALWRIGHT_PROGRAM` says: its sources in this process, or a form that is delivered. */
export async function callDelivered(program: "sealwright" | "kubeseal", options: CallOptions): Promise<ProgramRun> {
  const start = startOf(program);
  if (FORM === "source" || start === null) return callCli(program, options);
  const { command, before, name } = start;
  const { args, env, cwd, stdin = "" } = options;
  const child = spawn(command, [...before, ...args], { env, cwd, ...(name === undefined ? {} : { argv0: name }) });
  child.stdin.on("error", () => undefined).end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}
