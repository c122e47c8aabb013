import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { requirePeers } from "../../test/peers/binaries.ts";
import type { Command } from "../bench.ts";

/** What one run of a program took, by the operating system's own account of the whole process (`test/peers/stopwatch`). */
export interface Sample {
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds of processor time, the kernel's for it included. */
  readonly cpu: number;
  /** Bytes of memory at the worst moment. */
  readonly peak: number;
  /** What the program told of itself: a JSON object of numbers on its standard output. */
  readonly told: Readonly<Record<string, number>>;
  /** How many were done, where that is another number than the size says: too slow for as many. */
  readonly units?: number;
}

/** A program under the stopwatch. */
export interface Measured {
  /** Signals go to it; its standard input is a pipe. */
  readonly process: ChildProcess;
  /** Rejects where it ends with another code than 0. */
  readonly ended: Promise<Sample>;
}

/** Runs a program to its end. */
export async function measure(command: Command): Promise<Sample> {
  const { process, ended } = startMeasured(command);
  process.stdin?.end();
  return ended;
}

/** Starts a program that ends when it is told to, as a controller does at SIGTERM. */
export function startMeasured({ program, args, env = {}, oneCore = false }: Command): Measured {
  const { stopwatch } = requirePeers("stopwatch");
  const report = join(tmpdir(), `sealwright-stopwatch-${randomUUID()}.json`);
  const pin = oneCore ? pinToOneCore() : [];
  const child = spawn(stopwatch, [report, ...pin, program, ...args], {
    env: { ...withoutNodeSettings(process.env), ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  return { process: child, ended: sampleOf(child, report, program) };
}

/** Who runs our programs elsewhere has no cache but the one that they bring, and no authorities that each start reads besides. */
function withoutNodeSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("NODE_")));
}

async function sampleOf(child: ChildProcess, report: string, program: string): Promise<Sample> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("the stopwatch has no outputs");
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    const [code, said, complaint] = await Promise.all([ended, partOf(stdout, "beginning"), partOf(stderr, "end")]);
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaint.trim()}`);
    const { wall, user, system, peak } = JSON.parse(await readFile(report, "utf8")) as Record<string, number>;
    return { wall: wall ?? 0, cpu: (user ?? 0) + (system ?? 0), peak: peak ?? 0, told: toldBy(said) };
  } finally {
    await rm(report, { force: true });
  }
}

/** Characters that are kept of what a program says: what it logs in a flood may be more than a string can hold. */
const KEPT = 65_536;

async function partOf(stream: Readable, part: "beginning" | "end"): Promise<string> {
  let kept = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const all = kept + chunk;
    kept = part === "beginning" ? all.slice(0, KEPT) : all.slice(-KEPT);
  }
  return kept;
}

function toldBy(said: string): Sample["told"] {
  return said.startsWith("{") ? (JSON.parse(said) as Sample["told"]) : {};
}

/** The last core: the first is where systems do their own work. */
function pinToOneCore(): readonly string[] {
  const taskset = "/usr/bin/taskset";
  return existsSync(taskset) ? [taskset, "-c", String(availableParallelism() - 1)] : [];
}
