import { until } from "../cluster/until.ts";
import type { Controller } from "../programs/controller.ts";

/** Bytes that a controller holds after its garbage is collected. */
export interface Memory {
  /** Objects, and buffers outside of the heap. */
  readonly held: number;
  /** Of the whole process. */
  readonly resident: number;
}

/** What has the controller tell of its memory, in its environment: it answers SIGWINCH, which nothing else of it knows. */
export const TELLS_OF_MEMORY = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tellsOfMemory())}` };

function tellsOfMemory(): string {
  return `
    import v8 from "node:v8";
    import vm from "node:vm";
    v8.setFlagsFromString("--expose-gc");
    const collect = vm.runInNewContext("gc");
    process.on("SIGWINCH", () => {
      collect();
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      process.stderr.write("memory held=" + (heapUsed + external) + " resident=" + rss + "\\n");
    });
  `;
}

const TOLD = /^memory held=(\d+) resident=(\d+)$/gm;

export async function memoryOf(controller: Controller): Promise<Memory> {
  const told = () => [...controller.log().matchAll(TOLD)];
  const before = told().length;
  controller.signal("SIGWINCH");
  const [, held, resident] = await until(() => told()[before], { what: "the controller to tell of its memory" });
  return { held: Number(held), resident: Number(resident) };
}

/** How much more it holds in the last third of the samples than in the first, by the median of each. Bytes. */
export function growthOf(samples: readonly Memory[]): number {
  const third = Math.max(1, Math.floor(samples.length / 3));
  return medianOf(samples.slice(-third)) - medianOf(samples.slice(0, third));
}

function medianOf(samples: readonly Memory[]): number {
  return samples.map(({ held }) => held).sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}
