import { expect, it } from "vitest";
import type { Series } from "../../bench/bench.ts";
import { runRounds } from "../../bench/measure/rounds.ts";

/** Two contenders that write down when they run. */
function seriesThatTells(log: string[], more: Partial<Series> = {}): Series {
  const contender = (name: string) => ({
    run: async (size: number) => {
      log.push(`${name} ${size}`);
      return { cpu: 1, wall: 1, peak: 1, told: {} };
    },
  });
  const contenders = { a: contender("a"), b: contender("b") };
  return { title: "", about: "", unit: "", sizes: [1, 2], ratios: [], contenders, ...more };
}

it("contenders take turns, and the round that warms the machine is not counted", async () => {
  const log: string[] = [];
  const samples = await runRounds(seriesThatTells(log), 1, () => undefined);
  expect(log).toEqual(["a 1", "b 1", "a 2", "b 2", "b 1", "a 1", "b 2", "a 2"]);
  expect(samples["a"]?.[2]).toHaveLength(1);
});

it("what takes minutes is not run to be left out", async () => {
  const log: string[] = [];
  await runRounds(seriesThatTells(log, { long: true, sizes: [1] }), 1, () => undefined);
  expect(log).toEqual(["b 1", "a 1"]);
});

it("all of it runs within what the series has there", async () => {
  const log: string[] = [];
  const within: Series["within"] = async (measure) => {
    log.push("begin");
    try {
      return await measure();
    } finally {
      log.push("end");
    }
  };
  await runRounds(seriesThatTells(log, { long: true, sizes: [1], within }), 1, () => undefined);
  expect(log).toEqual(["begin", "b 1", "a 1", "end"]);
});
