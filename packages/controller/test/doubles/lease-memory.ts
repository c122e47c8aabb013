import { ApiError } from "../../src/kubernetes/api-error.ts";
import type { LeaseObject, LeaseStore } from "../../src/leases/lease-store.ts";

/** Leases as an API server keeps them: a write over anything but the newest version is a conflict. */
export class LeaseMemory implements Pick<LeaseStore, "get" | "write" | "watch"> {
  readonly leases = new Map<string, LeaseObject>();
  /** What the next requests meet instead of an answer. */
  readonly failures: ApiError[] = [];
  /** What every request meets for as long as it is set. */
  away: ApiError | null = null;
  readonly #watchers = new Set<{ readonly name: string; readonly onChange: (lease: LeaseObject | null) => void }>();
  /** What happens between a request and its answer. */
  onWay: () => void = () => {};
  /** What the watches that are asked for next wait for before they begin. */
  watchable: Promise<void> = Promise.resolve();
  #version = 0;

  async get(name: string): Promise<LeaseObject | null> {
    this.#meet();
    return this.leases.get(name) ?? null;
  }

  async write(
    name: string,
    over: LeaseObject | null,
    { spec, annotations = {} }: Parameters<LeaseStore["write"]>[2],
  ): Promise<LeaseObject> {
    this.#meet();
    const there = this.leases.get(name) ?? null;
    if (there?.metadata.resourceVersion !== over?.metadata.resourceVersion) {
      throw new ApiError("PUT lease", { status: 409, reason: "Conflict" });
    }
    this.#version += 1;
    const stored = { metadata: { name, annotations, resourceVersion: String(this.#version) }, spec };
    this.leases.set(name, stored);
    this.onWay();
    for (const watcher of this.#watchers) if (watcher.name === name) watcher.onChange(stored);
    return stored;
  }

  async watch(name: string, onChange: (lease: LeaseObject | null) => void, signal: AbortSignal): Promise<void> {
    await this.watchable;
    if (signal.aborted) return;
    const watcher = { name, onChange };
    this.#watchers.add(watcher);
    // It begins with a list.
    const there = this.leases.get(name);
    if (there !== undefined) onChange(there);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    this.#watchers.delete(watcher);
  }

  #meet(): void {
    const failure = this.failures.shift() ?? this.away ?? undefined;
    if (failure !== undefined) throw failure;
  }
}
