import type { SealingKey } from "@sealwright/core";
import type { Contender, Series } from "../bench.ts";
import { sealAll, secrets } from "../core/inputs.ts";
import { type Contestant, OURS, THEIRS } from "./contestant.ts";
import { type Keys, newestOf } from "./inputs.ts";
import { liveThrough } from "./life.ts";

const SIZE = 200;
/** What 12 keys may cost, in terms of what one does: 1.2 times the cost is 0.83 times the speed. */
const FLOOR = Number((1 / 1.2).toFixed(2));

/** The same SealedSecrets, to be opened by one of many keys. */
export async function manyKeys(all: Keys): Promise<Series> {
  const newest = newestOf(all);
  const anyOf =
    (count: number) =>
    (index: number): SealingKey =>
      all.keys[index % count] ?? newest;
  const texts = secrets(SIZE);
  const toNewest = await sealAll(texts, () => newest);
  const contender = (contestant: Contestant, count: number, backlog: readonly string[]): Contender => ({
    run: async () => {
      const keys = all.pems.slice(0, count);
      return (await liveThrough({ contestant, keys, args: ["--kubeclient-qps=-1"], backlog })).converged;
    },
  });
  return {
    title: "Converge with many sealing keys",
    about:
      'Go\'s limits are off. "Hinted" ones say which key they are sealed to; of "any" nothing does, and keys are tried.',
    unit: "SealedSecret",
    sizes: [SIZE],
    long: true,
    rounds: 3,
    contenders: {
      "1 key": contender(OURS, 1, toNewest),
      "4 keys, newest": contender(OURS, 4, toNewest),
      "12 keys, newest": contender(OURS, 12, toNewest),
      "12 keys, hinted": contender(OURS, 12, await sealAll(texts, anyOf(12), { hints: true })),
      "12 keys, any": contender(OURS, 12, await sealAll(texts, anyOf(12))),
      "24 keys, newest": contender(OURS, 24, toNewest),
      "Go, 1 key": contender(THEIRS, 1, toNewest),
      "Go, 4 keys": contender(THEIRS, 4, toNewest),
      "Go, 12 keys": contender(THEIRS, 12, toNewest),
      "Go, 24 keys": contender(THEIRS, 24, toNewest),
    },
    ratios: [
      { of: "12 keys, newest", to: "1 key", by: "cpu", floor: FLOOR },
      { of: "12 keys, hinted", to: "1 key", by: "cpu", floor: FLOOR },
      { of: "12 keys, newest", to: "Go, 12 keys", by: "cpu" },
      { of: "12 keys, any", to: "Go, 12 keys", by: "cpu" },
      { of: "24 keys, newest", to: "Go, 24 keys", by: "cpu" },
    ],
  };
}
