import type { Contender, Series } from "../bench.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { bareOpening, bareWriting } from "./bare-work.ts";
import { OURS, withShards } from "./contestant.ts";
import { backlogOf, type Keys } from "./inputs.ts";
import type { RunningController } from "./running-controller.ts";
import { withWorld } from "./world.ts";

interface Together {
  readonly replicas: number;
  readonly shards: number;
}

/** One replica alone, and several with as many shards as there are of them, or one. */
const TOGETHER: readonly Together[] = [
  { replicas: 1, shards: 1 },
  { replicas: 2, shards: 1 },
  { replicas: 2, shards: 2 },
  { replicas: 3, shards: 1 },
  { replicas: 3, shards: 3 },
];

/** There are 2 items in each; a few are under way while a shard is handed over. */
const OPENED = "items opened, for each";
const MOST_OPENED = 2.2;

/** The same backlog, for one or for several. */
export async function convergeTogether(folder: string, keys: Keys, size: number): Promise<Series> {
  const backlog = await backlogOf(size, keys);
  const contender = (together: Together): Contender => ({ run: () => converge(together, keys, backlog) });
  const alone = nameOf({ replicas: 1, shards: 1 });
  return {
    title: "Converge with replicas and shards",
    about:
      "SealedSecrets of 2 items, in 50 namespaces, are there; then all replicas start at the same moment. The clock stops when all Secrets exist; processor time and memory are those of all replicas together, for as long as they live. They share the machine with each other and with the API server: where they take all of its cores, more of them cannot be faster.",
    unit: "SealedSecret",
    sizes: [size],
    long: true,
    contenders: {
      ...Object.fromEntries(TOGETHER.map((together) => [nameOf(together), contender(together)])),
      "bare RSA": bareOpening(folder, keys),
      "bare writes": bareWriting(folder, keys, backlog),
    },
    bounds: TOGETHER.map((together) => ({ of: nameOf(together), told: OPENED, most: MOST_OPENED })),
    ratios: TOGETHER.slice(1).map((together) => ({ of: nameOf(together), to: alone, by: "wall" as const })),
  };
}

function nameOf({ replicas, shards }: Together): string {
  const several = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
  return `${several(replicas, "replica")}, ${several(shards, "shard")}`;
}

function converge({ replicas, shards }: Together, keys: Keys, backlog: readonly string[]): Promise<Sample> {
  return withWorld(withShards(shards), keys.pems.slice(0, 1), async (world) => {
    await world.apply(backlog);
    const watch = world.watchSecrets();
    const begin = performance.now();
    const started = await Promise.all(
      Array.from({ length: replicas }, (_, index) =>
        world.start([`--shards=${shards}`], { POD_NAME: `replica-${index}` }),
      ),
    );
    try {
      const end = await watch.reached(backlog.length);
      await Promise.all(started.map((replica) => replica.rest(0)));
      const told = await sharesOf(started, backlog.length);
      const { cpu, peak } = await stopAll(started);
      return { wall: (end - begin) / 1_000, cpu, peak, told };
    } finally {
      watch.close();
      await stopAll(started);
    }
  });
}

/** How even their shares are, and whether one did what another had done. */
async function sharesOf(replicas: readonly RunningController[], size: number): Promise<Sample["told"]> {
  const each = (metric: string) => Promise.all(replicas.map((replica) => replica.metric(metric)));
  const sumOf = (figures: readonly number[]) => figures.reduce((sum, figure) => sum + figure, 0);
  const opened = await each("sealwright_controller_items_opened_total");
  return {
    "largest share, %": (100 * Math.max(...opened)) / sumOf(opened),
    [OPENED]: sumOf(opened) / size,
    "looks, for each": sumOf(await each(OURS.looks)) / size,
  };
}

/** What they took together. Safe to call twice. */
async function stopAll(replicas: readonly RunningController[]): Promise<Pick<Sample, "cpu" | "peak">> {
  const samples = await Promise.all(replicas.map((replica) => replica.stop()));
  const sumOf = (pick: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + pick(sample), 0);
  return { cpu: sumOf(({ cpu }) => cpu), peak: sumOf(({ peak }) => peak) };
}
