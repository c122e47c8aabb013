/**
 * `npm run bench [-- NAME ...] [--rounds NUMBER] [--idle SECONDS]`: our programs beside the Go project's, in one run. Writes
 * `results/NAME.json`, charts and RESULTS.md; but of `quick`, which judges and writes nothing. README.md tells how to add a bench.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { locatePeers, modulesOf, type PeerName } from "../test/peers/binaries.ts";
import { buildPeers } from "../test/peers/build-peers.ts";
import { GoError } from "../test/peers/go.ts";
import { Progress } from "../test/peers/progress.ts";
import { sourceOf } from "../test/programs/program.ts";
import { findBun } from "../tools/build/bun.ts";
import type { Bench, BenchContext, Series } from "./bench.ts";
import { thisMachine } from "./measure/machine.ts";
import { runRounds } from "./measure/rounds.ts";
import { judge } from "./quick/judge.ts";
import { drawChart } from "./report/chart.ts";
import { chartFile, hasChart, partOf, resultsPage } from "./report/markdown.ts";
import type { BenchResult, SeriesResult } from "./report/result.ts";

/** Loaded when they are asked for; this is also their order in RESULTS.md. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  core: async () => (await import("./core/core.ts")).core,
  kubeseal: async () => (await import("./kubeseal/kubeseal.ts")).kubeseal,
  reseal: async () => (await import("./reseal/reseal.ts")).reseal,
  controller: async () => (await import("./controller/controller.ts")).controller,
  "controller-keys": async () => (await import("./controller/controller.ts")).controllerKeys,
  replicas: async () => (await import("./controller/controller.ts")).replicas,
  "controller-idle": async () => (await import("./controller/controller.ts")).controllerIdle,
  "controller-large": async () => (await import("./controller/controller.ts")).controllerLarge,
  soak: async () => (await import("./soak/soak.ts")).soak,
  quick: async () => (await import("./quick/quick.ts")).quick,
};
/** Run where nothing is named; the others take an hour, or write nothing. */
const USUAL = ["core", "kubeseal", "reseal", "controller", "controller-keys", "replicas"];
const ROUNDS = 5;
const ROUNDS_OF_LONG_ONES = 1;
const IDLE_SECONDS = 300;
const NO_EXECUTABLE =
  "No executable takes part. To have it built, get Bun: node tools/bootstrap.cjs --with test/runtimes tools/build.ts --executables\n";
const RESULTS = join(import.meta.dirname, "results");

// What is under way is ended by the same Ctrl-C; "exit" removes what it had written.
process.once("SIGINT", () => process.exit(130));

class UsageError extends Error {}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof GoError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  const { names, ...asked } = readArguments(args);
  const benches = await Promise.all(names.map(async (name) => [name, await load(name)] as const));
  await providePeers(["stopwatch", ...benches.flatMap(([, { peers }]) => peers)]);
  const executable = build(benches.some(([, bench]) => bench.executable === true));
  for (const [name, bench] of benches) await run(name, bench, { ...asked, executable });
  if (benches.some(([, { judged }]) => judged !== true)) writePage();
}

/** Builds what is published, and the executable where it is wanted and can be; returns its path. */
function build(wantsExecutable: boolean): string | null {
  const hasExecutable = wantsExecutable && findBun() !== null;
  const args = [sourceOf("tools/build.ts"), ...(hasExecutable ? ["--executables"] : [])];
  if (spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0) process.exit(1);
  if (wantsExecutable && !hasExecutable) process.stderr.write(NO_EXECUTABLE);
  const suffix = process.platform === "win32" ? ".exe" : "";
  return hasExecutable ? sourceOf(`dist/executables/sealwright-${process.platform}-${process.arch}${suffix}`) : null;
}

function writePage(): void {
  const files = readdirSync(RESULTS).filter((file) => file.endsWith(".json"));
  const results = files.map((file) => JSON.parse(readFileSync(join(RESULTS, file), "utf8")) as BenchResult);
  const inOrder = Object.keys(BENCHES).flatMap((name) => results.filter((result) => result.name === name));
  writeFileSync(join(RESULTS, "../RESULTS.md"), resultsPage(inOrder));
  process.stdout.write("Written: bench/RESULTS.md and bench/results.\n");
}

interface Arguments {
  readonly names: readonly string[];
  /** Null where nobody asked for a number. */
  readonly rounds: number | null;
  readonly idleSeconds: number;
}

function readArguments(args: readonly string[]): Arguments {
  try {
    const options = { rounds: { type: "string" }, idle: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const rounds = readNumber("--rounds", values.rounds);
    const idleSeconds = readNumber("--idle", values.idle) ?? IDLE_SECONDS;
    return { names: positionals.length === 0 ? USUAL : positionals, rounds, idleSeconds };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

function readNumber(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new UsageError(`${flag} takes a whole number, 1 or more`);
}

async function load(name: string): Promise<Bench> {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) throw new UsageError(`no bench "${name}": there are ${Object.keys(BENCHES).join(", ")}`);
  return bench();
}

/** Builds the Go programs that this machine does not have. */
async function providePeers(names: readonly PeerName[]): Promise<void> {
  const { missing } = locatePeers(process.env);
  const wanted = modulesOf(names.filter((name) => missing.includes(name)));
  if (wanted.length > 0) await buildPeers(wanted, new Progress(process.stdout), AbortSignal.timeout(3_600_000));
}

type Asked = Pick<Arguments, "rounds" | "idleSeconds"> & Pick<BenchContext, "executable">;

/** Measures all series of a bench, and writes and shows what came out, or judges it. */
async function run(name: string, bench: Bench, { rounds, ...asked }: Asked): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sealwright-bench-"));
  const say = (line: string) => process.stderr.write(`${name}: ${line}\n`);
  const end = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", end);
  try {
    const machine = thisMachine();
    const prepared = await bench.prepare({ folder, say, ...asked });
    const roundsOf = ({ long = false, rounds: own }: Series) => rounds ?? own ?? (long ? ROUNDS_OF_LONG_ONES : ROUNDS);
    const measure = (each: Series) => runSeries(each, roundsOf(each), say);
    if (bench.judged === true) {
      if (!(await judge(prepared, measure, (line) => process.stdout.write(`${line}\n`)))) process.exitCode = 1;
      return;
    }
    const series: SeriesResult[] = [];
    for (const each of prepared) series.push(await measure(each));
    await write({ name, summary: bench.summary, date: new Date().toISOString(), machine, series });
  } finally {
    process.off("exit", end);
    end();
  }
}

async function runSeries(series: Series, rounds: number, say: (line: string) => void): Promise<SeriesResult> {
  const { title, about, unit, sizes, contenders, ratios, bounds = [] } = series;
  const samples = await runRounds(series, rounds, (done, of) => say(`${series.title}, round ${done} of ${of}`));
  const limitBy = (cost: "limit" | "clockLimit") => {
    const limits = Object.entries(contenders).map(([name, { [cost]: text }]) => (text ? { name, text } : null));
    return limits.find((limit) => limit !== null) ?? null;
  };
  const limits = { limit: limitBy("limit"), clockLimit: limitBy("clockLimit") };
  return { title, about, unit, sizes, ...limits, ratios, bounds, samples };
}

async function write(result: BenchResult): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${result.name}.json`), `${JSON.stringify(result, null, 1)}\n`);
  for (const series of result.series.filter(hasChart)) {
    writeFileSync(join(RESULTS, chartFile(result.name, series)), await drawChart(series));
  }
  process.stdout.write(`${partOf(result).join("\n")}\n`);
}
