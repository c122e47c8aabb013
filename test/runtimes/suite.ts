/** One suite of run.ts: `RUNTIME suite.ts CONFIG [FILTER...]`, where CONFIG is a vitest config of this folder. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import { outcomeOf, triesAgain } from "../../tools/test-outcome.ts";

const [config, ...filters] = process.argv.slice(2);
const run = await startVitest("test", filters, {
  config: fileURLToPath(new URL(config ?? "", import.meta.url)),
  run: true,
  watch: false,
  reporters: ["dot"],
  retry: triesAgain(),
});
const outcome = outcomeOf(run);
await run.close();

const summary = process.env["SEALWRIGHT_TEST_SUMMARY"];
if (summary !== undefined) await writeFile(summary, JSON.stringify(outcome));
process.exit(outcome.good ? 0 : 1);
