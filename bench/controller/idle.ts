import { setTimeout as pause } from "node:timers/promises";
import type { Series } from "../bench.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { type Contestant, OURS, THEIRS } from "./contestant.ts";
import { backlogOf, type Keys } from "./inputs.ts";
import { type World, withWorld } from "./world.ts";

/** Seconds between two looks at the memory. */
const LOOK_EVERY = 1;

/** A controller that has converged, and then is left alone. */
export async function idle(
  keys: Keys,
  { size, seconds }: { readonly size: number; readonly seconds: number },
): Promise<Series> {
  const backlog = await backlogOf(size, keys);
  const contender = (contestant: Contestant) => ({
    run: () => watchIdle(contestant, { keys, backlog, seconds }),
  });
  return {
    title: "Idle",
    about: `${size.toLocaleString("en")} SealedSecrets are in place, and the process that made their Secrets has written nothing for a while. Then it is watched: processor time and memory are of that time alone. The limit is to do nothing. Writes are of Secrets, SealedSecrets and events, as the API server counts them.`,
    unit: "second",
    sizes: [seconds],
    long: true,
    contenders: { Sealwright: contender(OURS), Go: contender(THEIRS) },
    ratios: [
      { of: "Sealwright", to: "Go", by: "cpu" },
      { of: "Sealwright", to: "Go", by: "peak" },
    ],
    bounds: [{ of: "Sealwright", told: "writes", most: 0 }],
  };
}

interface Watched {
  readonly keys: Keys;
  readonly backlog: readonly string[];
  readonly seconds: number;
}

function watchIdle(contestant: Contestant, { keys, backlog, seconds }: Watched): Promise<Sample> {
  return withWorld(contestant, keys.pems.slice(0, 1), async (world) => {
    await world.apply(backlog);
    const controller = await world.start(["--kubeclient-qps=-1"]);
    try {
      await controller.rest(backlog.length);
      const writes = await lastWrite(world);
      const before = controller.usage();
      const begin = performance.now();
      let peak = before.memory;
      while (performance.now() - begin < 1_000 * seconds) {
        await pause(1_000 * LOOK_EVERY);
        peak = Math.max(peak, controller.usage().memory);
      }
      const { cpu, memory } = controller.usage();
      const wall = (performance.now() - begin) / 1_000;
      const told = {
        "% of a core": (100 * (cpu - before.cpu)) / wall,
        "MB before": before.memory / 1e6,
        "MB after": memory / 1e6,
        writes: (await world.writes()) - writes,
      };
      return { wall, cpu: cpu - before.cpu, peak, told };
    } finally {
      await controller.stop();
    }
  });
}

/** Seconds without a write that are a while. */
const QUIET = 10;

/** Waits until nobody writes any more, events included; returns how many writes there were. */
async function lastWrite(world: World): Promise<number> {
  for (;;) {
    const before = await world.writes();
    await pause(1_000 * QUIET);
    if ((await world.writes()) === before) return before;
  }
}
