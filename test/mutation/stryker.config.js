/** `npm run mutation`: see docs/testing.md. */
import { existsSync } from "node:fs";

const MUTATED = [
  "hybrid",
  "scope",
  "unseal",
  "unsealed-secret",
  "reseal",
  "open-items",
  "key-trials",
  "hints",
  "refresh-hints",
  "edit",
  "omit",
  "sealed-secret",
];

const isTerminal = process.stdout.isTTY === true;

export default {
  mutate: MUTATED.map(sourceOf),
  // All but this is left out of the copy that is changed.
  ignorePatterns: ["**", "!package.json", "!packages/core/**", "!test/**", "**/node_modules"],
  plugins: [import.meta.resolve("@stryker-mutator/vitest-runner")],
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  concurrency: 2,
  // A busy machine is no endless loop: what only took too long would count as noticed.
  timeoutMS: 60_000,
  cleanTempDir: "always",
  reporters: isTerminal ? ["progress", "clear-text"] : ["clear-text"],
  clearTextReporter: { logTests: false, reportTests: false },
  allowConsoleColors: isTerminal,
  // A little below the last score, and every survivor of that one is explained in docs/testing.md.
  thresholds: { high: 100, low: 98, break: 98 },
};

/** One that was renamed would only be passed over. */
function sourceOf(name) {
  const path = `packages/core/src/${name}.ts`;
  if (!existsSync(path)) throw new Error(`test/mutation/stryker.config.js names ${path}, which is not there`);
  return path;
}
