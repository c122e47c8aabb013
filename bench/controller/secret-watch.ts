import type { ApiClient } from "../../test/cluster/api-client.ts";
import { until } from "../../test/cluster/until.ts";

interface WatchLine {
  readonly type: string;
  readonly object: { readonly metadata: { readonly namespace: string; readonly name: string } };
}

/** Sees Secrets come and change, without what is in them: when, to the millisecond. */
export class SecretWatch {
  readonly #stop = new AbortController();
  readonly #isMeant: (namespace: string) => boolean;
  #changes = new Map<string, number>();
  #failure: unknown;

  /** @param isMeant of which namespaces */
  constructor(admin: ApiClient, isMeant: (namespace: string) => boolean) {
    this.#isMeant = isMeant;
    this.#run(admin).catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** How many Secrets have come or changed. */
  get size(): number {
    return this.#changes.size;
  }

  /** When a Secret (`namespace/name`) first came or changed, on the clock of `performance`. */
  at(key: string): number | undefined {
    return this.#changes.get(key);
  }

  /** When the last of so many came. */
  async reached(count: number): Promise<number> {
    const come = () => {
      if (this.#failure !== undefined) throw this.#failure;
      return this.size >= count;
    };
    await until(come, { what: `${count} Secrets`, timeoutMs: 3_600_000, intervalMs: 10 });
    return Math.max(...this.#changes.values());
  }

  /** Forgets what has been seen: what counts comes from now on. */
  reset(): void {
    this.#changes = new Map();
  }

  close(): void {
    this.#stop.abort();
  }

  async #run(admin: ApiClient): Promise<void> {
    const accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
    const options = { headers: { accept }, signal: this.#stop.signal };
    try {
      // From what is there at the moment of the first request; what comes while a watch is begun again comes once more.
      while (!this.#stop.signal.aborted) {
        for await (const line of admin.lines("/api/v1/secrets?watch=true&timeoutSeconds=3000", options))
          this.#take(line);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #take(line: string): void {
    if (line === "") return;
    const { type, object } = JSON.parse(line) as WatchLine;
    const { namespace, name } = object.metadata;
    const key = `${namespace}/${name}`;
    if ((type === "ADDED" || type === "MODIFIED") && this.#isMeant(namespace) && !this.#changes.has(key)) {
      this.#changes.set(key, performance.now());
    }
  }
}
