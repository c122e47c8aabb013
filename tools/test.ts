/**
 * `npm test`: every suite, on the embedded API and, where its programs are at hand, on the real cluster and beside the real Go
 * programs. Arguments are vitest's filters. The last line is counted: `N passed, N failed, N skipped`.
 */
import { writeFile } from "node:fs/promises";
import { startVitest } from "vitest/node";
import { missingPeers, peersRequired } from "../test/peers/binaries.ts";
import { describeCounts, outcomeOf, triesAgain } from "./test-outcome.ts";

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

const missing = missingPeers(...PEERS);
if (missing !== null) process.stdout.write(`Left out, for these programs are missing: ${missing}\n`);
if (missing !== null && peersRequired()) process.exit(1);

const vitest = await startVitest("test", process.argv.slice(2), {
  run: true,
  watch: false,
  reporters: ["default"],
  retry: triesAgain(),
});
const { counts, good, remarks } = outcomeOf(vitest);
const skippedInCi = peersRequired() && counts.skipped > 0;
await vitest.close();

for (const remark of remarks) process.stdout.write(`${remark}\n`);
if (skippedInCi) process.stdout.write("Nothing may be skipped where the real programs are required.\n");
const line = describeCounts(counts);
const summary = process.env["SEALWRIGHT_TEST_SUMMARY"];
if (summary !== undefined) await writeFile(summary, `${line}\n`);
process.stdout.write(`${line}\n`);
process.exitCode = good && !skippedInCi ? 0 : 1;
