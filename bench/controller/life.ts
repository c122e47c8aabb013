import { setTimeout as pause } from "node:timers/promises";
import type { SealingKeyPem } from "@sealwright/core";
import type { Sample } from "../measure/stopwatch.ts";
import type { Contestant } from "./contestant.ts";
import { quantile } from "./quantile.ts";
import type { RunningController } from "./running-controller.ts";
import type { SecretWatch } from "./secret-watch.ts";
import { type World, withWorld } from "./world.ts";

export interface LifeOptions {
  readonly contestant: Contestant;
  readonly keys: readonly SealingKeyPem[];
  /** Flags of the controller. */
  readonly args: readonly string[];
  /** There before the controller is. */
  readonly backlog: readonly string[];
  /** Made one by one while it works on the backlog. */
  readonly fresh?: readonly string[];
  /** Whether it is started once more when all is in place. */
  readonly restarted?: boolean;
}

export interface Life {
  /** From the start until every Secret is there. */
  readonly converged: Sample;
  /** From a second start until it has nothing more to do; null where there was none. */
  readonly restarted: Sample | null;
}

/** Seconds over which an idle controller is watched. */
const IDLE = 10;
/** Milliseconds between fresh ones. */
const FRESH_EVERY = 200;

/** One controller from the first SealedSecret on, in a cluster that it has for itself. */
export function liveThrough(options: LifeOptions): Promise<Life> {
  return withWorld(options.contestant, options.keys, async (world) => {
    await world.apply(options.backlog);
    const watch = world.watchSecrets();
    try {
      const converged = await converge(world, watch, options);
      return { converged, restarted: options.restarted === true ? await restart(world, watch.size, options) : null };
    } finally {
      watch.close();
    }
  });
}

async function converge(world: World, watch: SecretWatch, { args, backlog, fresh = [] }: LifeOptions): Promise<Sample> {
  const controller = await world.start(args);
  return measured(controller, async () => {
    const waits = fresh.length === 0 ? [] : await freshAmid(world, watch, backlog.length, fresh);
    const made = await watch.reached(backlog.length + waits.length);
    const wall = (made - controller.begin) / 1_000;
    // Statuses and events are part of the work too.
    await controller.rest(backlog.length);
    const told = { "fresh one, 50 %, s": quantile(waits, 0.5), "fresh one, 99 %, s": quantile(waits, 0.99) };
    return { wall, told: fresh.length === 0 ? {} : told };
  });
}

/** Makes one after the other while the backlog lasts; returns the seconds from asking for each to its Secret. */
async function freshAmid(
  world: World,
  watch: SecretWatch,
  backlog: number,
  fresh: readonly string[],
): Promise<readonly number[]> {
  await watch.reached(Math.ceil(backlog / 10));
  const asked: { readonly key: string; readonly at: number }[] = [];
  for (const text of fresh) {
    if (watch.size >= 0.9 * backlog) break;
    const at = performance.now();
    const [made] = await world.apply([text]);
    if (made !== undefined) asked.push({ key: `${made.metadata.namespace}/${made.metadata.name}`, at });
    await pause(FRESH_EVERY);
  }
  await watch.reached(backlog + asked.length);
  return asked.map(({ key, at }) => ((watch.at(key) ?? Number.NaN) - at) / 1_000);
}

async function restart(world: World, count: number, { args }: LifeOptions): Promise<Sample> {
  const before = await world.writes();
  const controller = await world.start(args);
  return measured(controller, async () => {
    const wall = await controller.rest(count);
    const opened = await controller.metric("sealwright_controller_items_opened_total");
    const isOurs = (await controller.metric("sealwright_controller_reconciles_total")) > 0;
    const writes = (await world.writes()) - before;
    const start = controller.usage();
    await pause(1_000 * IDLE);
    const { cpu, memory } = controller.usage();
    return {
      wall,
      told: {
        ...(isOurs && { "private-key operations": opened }),
        writes,
        "processor until rest, s": start.cpu,
        "idle: % of a core": (100 * (cpu - start.cpu)) / IDLE,
        "idle: MB": memory / 1e6,
      },
    };
  });
}

/** Ends the controller, whatever came of the action, and adds what the action has found. */
async function measured(
  controller: RunningController,
  action: () => Promise<Pick<Sample, "wall" | "told">>,
): Promise<Sample> {
  try {
    const found = await action();
    return { ...(await controller.stop()), ...found };
  } catch (error) {
    await controller.stop().catch(() => undefined);
    throw error;
  }
}
