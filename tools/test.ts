/**
 * `npm test`: every suite, on the embedded API and, where its programs are at hand, on the real cluster and beside the real Go
 * programs. Arguments are vitest's filters. The last line is counted: `N passed, N failed, N skipped`.
 */
import { writeFile } from "node:fs/promises";
import { startVitest, type TestCase, type Vitest } from "vitest/node";
import { missingPeers, peersRequired } from "../test/peers/binaries.ts";

const PEERS = [
  "etcd",
  "kubeApiserver",
  "kubeControllerManager",
  "kubectl",
  "kubeseal",
  "goController",
  "sealedSecretsOracle",
  "yamlOracle",
  "templateOracle",
] as const;

type Counts = Record<"passed" | "failed" | "skipped", number>;

const missing = missingPeers(...PEERS);
if (missing !== null) process.stdout.write(`Left out, for these programs are missing: ${missing}\n`);
if (missing !== null && peersRequired()) process.exit(1);

const vitest = await startVitest("test", process.argv.slice(2), { run: true, watch: false, reporters: ["default"] });
const counts = count(vitest);
const skippedInCi = peersRequired() && counts.skipped > 0;
const failedOutside = vitest.state.getUnhandledErrors().length > 0 || failedModules(vitest) > 0;
await vitest.close();

if (skippedInCi) process.stdout.write("Nothing may be skipped where the real programs are required.\n");
const line = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
const summary = process.env["SEALWRIGHT_TEST_SUMMARY"];
if (summary !== undefined) await writeFile(summary, `${line}\n`);
process.stdout.write(`${line}\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 || skippedInCi || failedOutside ? 1 : 0;

function count(run: Vitest): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of run.state.getTestModules()) {
    for (const test of module.children.allTests()) counts[stateOf(test)] += 1;
  }
  return counts;
}

function stateOf(test: TestCase): keyof Counts {
  const { state } = test.result();
  return state === "pending" ? "failed" : state;
}

/** Files that could not even be loaded have no test that failed. */
function failedModules(run: Vitest): number {
  return run.state.getTestModules().filter((module) => !module.ok()).length;
}
