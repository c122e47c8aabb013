import type { Contender, Series } from "../bench.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { concurrently } from "./concurrently.ts";
import { type Contestant, OURS, THEIRS } from "./contestant.ts";
import { anotherValue, type Keys, withItems } from "./inputs.ts";
import { withWorld } from "./world.ts";

const SIZE = 30;
const ITEMS = [1, 10, 50];

/** One item changes: how much of the others is opened again? */
export async function update(keys: Keys): Promise<Series> {
  const inputs = await Promise.all(ITEMS.map(async (items) => [items, await withItems(SIZE, items, keys)] as const));
  const contenders = [OURS, THEIRS].flatMap((contestant) =>
    inputs.map(([items, texts]): readonly [string, Contender] => [
      nameOf(contestant, items),
      { run: () => updateAll(contestant, keys, texts) },
    ]),
  );
  return {
    title: "Update of one item",
    about:
      "SealedSecrets of 1, 10 or 50 items are in place, and the controller at rest; then one item of each is changed, all at once. Processor time and time on the clock are of that alone: from the first change to the last Secret, and to rest.",
    unit: "update",
    sizes: [SIZE],
    long: true,
    contenders: Object.fromEntries(contenders),
    ratios: ITEMS.map((items) => ({ of: nameOf(OURS, items), to: nameOf(THEIRS, items), by: "cpu" as const })),
  };
}

function nameOf(contestant: Contestant, items: number): string {
  return `${contestant === OURS ? "Sealwright" : "Go"}, 1 of ${items}`;
}

function updateAll(contestant: Contestant, keys: Keys, texts: readonly string[]): Promise<Sample> {
  return withWorld(contestant, keys.pems.slice(0, 1), async (world) => {
    const applied = await world.apply(texts);
    const changed = await Promise.all(texts.map((text) => anotherValue(text, "item-0", keys)));
    const watch = world.watchSecrets();
    const controller = await world.start(["--kubeclient-qps=-1"]);
    try {
      await watch.reached(texts.length);
      await controller.rest(texts.length);
      watch.reset();
      const before = controller.usage().cpu;
      const begin = performance.now();
      await concurrently(applied, (each, index) => world.patch(each, { encryptedData: { "item-0": changed[index] } }));
      const end = await watch.reached(texts.length);
      await controller.rest(2 * texts.length);
      const { cpu, peak } = controller.usage();
      return { wall: (end - begin) / 1_000, cpu: cpu - before, peak, told: {} };
    } finally {
      watch.close();
      await controller.stop();
    }
  });
}
