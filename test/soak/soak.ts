import type { Cluster } from "../cluster/cluster.ts";
import { FaultWorld } from "../faults/fault-world.ts";
import { hostileObjects } from "../faults/hostile-objects.ts";
import type { Leak } from "../programs/leaks.ts";
import { Churn } from "./churn.ts";
import { growthOf, type Memory, memoryOf, TELLS_OF_MEMORY } from "./memory.ts";
import { seededRandom } from "./random.ts";

export interface SoakOptions {
  /** Minutes of a change a second; they pass as fast as the cluster and the controller can. */
  readonly minutes: number;
  readonly seed: number;
  /** Hostile objects that stand beside all the while. */
  readonly hostile?: number;
  readonly onSample?: (minute: number, memory: Memory) => void;
}

export interface Soaked {
  readonly samples: readonly Memory[];
  /** Bytes; what it holds more in the end than in the beginning. */
  readonly growth: number;
  readonly leaks: readonly Leak[];
  readonly exitCode: number | null;
}

/** Before the first sample: caches are filled and code is compiled by then. */
const WARM_UP = 2;
const MOST_SAMPLES = 30;

/** Has a controller live through a time of changes. Throws where something is lost or does not become well again. */
export async function soak(cluster: Cluster, options: SoakOptions): Promise<Soaked> {
  const { minutes, seed, hostile = 0, onSample = () => {} } = options;
  const world = await FaultWorld.start(cluster, { env: TELLS_OF_MEMORY });
  try {
    const certificate = await world.certificateOf(world.controller.url);
    await world.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "den" } });
    for (const body of await hostileObjects(hostile, "den", certificate)) {
      await cluster.admin.request("POST", "/apis/bitnami.com/v1alpha1/namespaces/den/sealedsecrets", { body });
    }
    const churn = new Churn(world, seededRandom(seed));
    const every = Math.max(1, Math.floor(minutes / MOST_SAMPLES));
    const samples: Memory[] = [];
    for (let minute = 0; minute < WARM_UP + minutes; minute += 1) {
      await churn.minute(minute).catch((cause: unknown) => {
        throw new Error(`in minute ${minute}, after this log:\n${lastLines(world.controller.log())}`, { cause });
      });
      if (minute < WARM_UP || (minute - WARM_UP) % every !== 0) continue;
      const memory = await memoryOf(world.controller);
      samples.push(memory);
      onSample(minute, memory);
    }
    const leaks = await world.leaks(world.controller);
    return { samples, growth: growthOf(samples), leaks, exitCode: await world.stop() };
  } finally {
    await world.stop();
  }
}

function lastLines(log: string): string {
  return log.split("\n").slice(-40).join("\n");
}
