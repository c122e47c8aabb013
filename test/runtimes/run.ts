/**
 * `npm run test:runtimes`: the tests of core in Chromium, in Bun and on the oldest Node that it promises; then core as it is published, and the
 * examples, in all of them. A runtime that this machine does not have is left out, and a line says so. The last line is counted: `N passed, N
 * failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeCounts, type TestOutcome } from "../../tools/test-outcome.ts";
import { chromiumProgram } from "./chromium/program.ts";
import { LEFT_OUT_IN_BUN, LEFT_OUT_IN_CHROMIUM, type LeftOut } from "./left-out.ts";
import { bunProgram, oldestNodeProgram } from "./programs.ts";

interface Suite {
  readonly title: string;
  /** What it runs in; null where that is not at hand. */
  readonly program: string | null;
  /** Why it is not, and what would help. */
  readonly obstacle: string;
  /** The command line that runs it. */
  readonly command: readonly string[];
  readonly leftOut: LeftOut;
}

const SUITE = join(import.meta.dirname, "suite.ts");
const chromium = chromiumProgram();
const bun = bunProgram();
const node = oldestNodeProgram();

const SUITES: readonly Suite[] = [
  {
    title: "core in Chromium",
    program: chromium,
    obstacle: "there is none on the path: install it, or name it in CHROMIUM",
    command: [process.execPath, SUITE, "chromium.config.ts"],
    leftOut: LEFT_OUT_IN_CHROMIUM,
  },
  {
    title: "core in Bun",
    program: bun,
    obstacle: "no build of it is installed for this platform",
    command: [bun ?? "", "--bun", SUITE, "process.config.ts"],
    leftOut: LEFT_OUT_IN_BUN,
  },
  {
    title: "core in Node 22.19",
    program: node,
    obstacle: "it is installed for Linux x64 alone",
    command: [node ?? "", SUITE, "process.config.ts"],
    leftOut: {},
  },
  {
    title: "the package and the page in Chromium",
    program: chromium,
    obstacle: "there is none on the path: install it, or name it in CHROMIUM",
    command: [process.execPath, SUITE, "published.config.ts", "browser"],
    leftOut: {},
  },
  {
    title: "the package and the script in processes",
    program: process.execPath,
    obstacle: "",
    command: [process.execPath, SUITE, "published.config.ts", "processes"],
    leftOut: {},
  },
];

const folder = mkdtempSync(join(tmpdir(), "sealwright-runtimes-"));
const total = { passed: 0, failed: 0, skipped: 0 };
const remarks: string[] = [];
let failed = !checkTypes();
try {
  for (const suite of SUITES) failed = !run(suite) || failed;
} finally {
  rmSync(folder, { recursive: true });
}
for (const remark of remarks) process.stdout.write(`${remark}\n`);
const line = describeCounts(total);
const summary = process.env["SEALWRIGHT_TEST_SUMMARY"];
if (summary !== undefined) writeFileSync(summary, `${line}\n`);
process.stdout.write(`${line}\n`);
process.exitCode = failed || total.failed > 0 ? 1 : 0;

/** What `npm run check` leaves out, for its libraries are installed here alone. */
function checkTypes(): boolean {
  const shell = process.platform === "win32";
  return spawnSync("tsc", ["-p", import.meta.dirname], { stdio: "inherit", shell }).status === 0;
}

/** Whether all is well: where the runtime is at hand, its tests pass. */
function run({ title, program, obstacle, command, leftOut }: Suite): boolean {
  if (program === null) {
    process.stdout.write(`Left out: ${title}: ${obstacle}\n`);
    return true;
  }
  for (const [file, reason] of Object.entries(leftOut)) {
    process.stdout.write(`Left out: ${file} ${title.slice("core ".length)}: ${reason}\n`);
  }
  const report = join(folder, "outcome.json");
  const env = { ...process.env, SEALWRIGHT_TEST_SUMMARY: report };
  const [executable = "", ...args] = command;
  const { status } = spawnSync(executable, args, { stdio: "inherit", env });
  const outcome = readOutcome(report);
  const result = outcome === null ? "did not run to its end" : describeCounts(outcome.counts);
  process.stdout.write(`${title}: ${result}\n\n`);
  if (outcome === null) remarks.push(`${title}: ${result}`);
  for (const key of ["passed", "failed", "skipped"] as const) total[key] += outcome?.counts[key] ?? 0;
  remarks.push(...(outcome?.remarks ?? []).map((remark) => `${title}: ${remark}`));
  return status === 0 && outcome !== null;
}

function readOutcome(file: string): TestOutcome | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as TestOutcome;
  } catch {
    return null;
  } finally {
    rmSync(file, { force: true });
  }
}
