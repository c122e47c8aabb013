import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/until.ts";

interface Line {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name: string } };
}

/** Counts the writes to each object of a collection, as a watch sees them: two that change nothing are one. */
export class WriteCount {
  readonly #cluster: Cluster;
  readonly #path: string;
  readonly #counts = new Map<string, number>();
  readonly #end = new AbortController();

  private constructor(cluster: Cluster, path: string) {
    this.#cluster = cluster;
    this.#path = path;
  }

  /** Counts from now on, objects that are there already too, once. */
  static begin(cluster: Cluster, path: string): WriteCount {
    const count = new WriteCount(cluster, path);
    count.#run().catch(() => {});
    return count;
  }

  /** Ends it when everything up to now is counted: the object of that name is the last one. */
  async end(marker: string): Promise<ReadonlyMap<string, number>> {
    await until(() => this.#counts.has(marker), { what: `the watch to come to ${marker}` });
    this.#end.abort();
    return this.#counts;
  }

  async #run(): Promise<void> {
    for await (const line of this.#cluster.admin.lines(`${this.#path}?watch=true`, { signal: this.#end.signal })) {
      const { object } = JSON.parse(line) as Line;
      this.#counts.set(object.metadata.name, (this.#counts.get(object.metadata.name) ?? 0) + 1);
    }
  }
}
