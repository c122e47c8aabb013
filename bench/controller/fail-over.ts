import { until } from "../../test/cluster/until.ts";
import type { Series } from "../bench.ts";
import type { Sample } from "../measure/stopwatch.ts";
import { OURS } from "./contestant.ts";
import { backlogOf, type Keys } from "./inputs.ts";
import { quantile } from "./quantile.ts";
import type { RunningController } from "./running-controller.ts";
import { type World, withWorld } from "./world.ts";

const SIZE = 5;
/** Seconds of a Lease, by default, and of the standby's look at it. */
const LEASE = 12;
const LOOK = 2;

interface End {
  readonly title: string;
  readonly about: string;
  readonly most: number;
  end(leader: RunningController): Promise<unknown>;
}

const ENDS: readonly End[] = [
  {
    title: "Fail-over, SIGTERM of the leader",
    about: "The leader gives its Lease up, and the other one takes it.",
    most: 1.5,
    end: (leader) => leader.stop(),
  },
  {
    title: "Fail-over, kill -9 of the leader",
    about: `The Lease runs out ${LEASE} s after its last renewal, which is up to ${LOOK} s ago, and the other one looks at it every ${LOOK} s: nobody may take it before.`,
    most: LEASE + LOOK + 1.5,
    end: (leader) => leader.kill(),
  },
];

/** How long nobody works: from the end of the replica that does, to what the other one has done. */
export async function failOver(keys: Keys): Promise<readonly Series[]> {
  const texts = await backlogOf(SIZE, keys);
  return ENDS.map(({ title, about, most, end }) => ({
    title,
    about: `Two replicas, one after the other at work, with default flags. ${about} The clock runs from the signal to the Secret of a SealedSecret that is made in the same moment; processor time is that of both replicas, their starts included.`,
    unit: "fail-over",
    sizes: [SIZE],
    long: true,
    contenders: { Sealwright: { run: () => oneAfterTheOther(keys, texts, end) } },
    ratios: [],
    bounds: [{ of: "Sealwright", told: "longest, s", most }],
  }));
}

function oneAfterTheOther(keys: Keys, texts: readonly string[], end: End["end"]): Promise<Sample> {
  return withWorld(OURS, keys.pems.slice(0, 1), async (world) => {
    const replicas = new Replicas(world);
    const watch = world.watchSecrets();
    const waits: number[] = [];
    try {
      let leader = await replicas.start();
      await until(() => leader.metric("sealwright_controller_shard_held").then((held) => held === 1), {
        what: "the first replica to be at work",
      });
      for (const [index, text] of texts.entries()) {
        const next = await replicas.start();
        const begin = performance.now();
        const ended = replicas.end(leader, end);
        await world.apply([text]);
        waits.push(((await watch.reached(index + 1)) - begin) / 1_000);
        await ended;
        leader = next;
      }
      const { cpu, peak } = await replicas.endAll();
      const wall = waits.reduce((sum, wait) => sum + wait, 0);
      return { wall, cpu, peak, told: { "50 %, s": quantile(waits, 0.5), "longest, s": Math.max(...waits) } };
    } finally {
      watch.close();
      await replicas.endAll();
    }
  });
}

/** Replicas that come and go, and what they took. */
class Replicas {
  readonly #world: World;
  readonly #running = new Set<RunningController>();
  #started = 0;
  #cpu = 0;
  #peak = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** It serves, and has nothing more to do, when the promise resolves. */
  async start(): Promise<RunningController> {
    this.#started += 1;
    const replica = await this.#world.start([], { POD_NAME: `replica-${this.#started}` });
    this.#running.add(replica);
    await replica.ready();
    await replica.rest(0);
    return replica;
  }

  async end(replica: RunningController, end: End["end"]): Promise<void> {
    const { cpu, peak } = replica.usage();
    this.#cpu += cpu;
    this.#peak = Math.max(this.#peak, peak);
    this.#running.delete(replica);
    await end(replica);
  }

  /** Safe to call twice. */
  async endAll(): Promise<Pick<Sample, "cpu" | "peak">> {
    await Promise.all([...this.#running].map((replica) => this.end(replica, () => replica.stop())));
    return { cpu: this.#cpu, peak: this.#peak };
  }
}
