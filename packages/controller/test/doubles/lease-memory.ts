import { ApiError } from "../../src/kubernetes/api-error.ts";
import type { LeaseObject, LeaseStore } from "../../src/leases/lease-store.ts";

/** Leases as an API server keeps them: a write over anything but the newest version is a conflict. */
export class LeaseMemory implements Pick<LeaseStore, "get" | "write"> {
  readonly leases = new Map<string, LeaseObject>();
  /** What the next requests meet instead of an answer. */
  readonly failures: ApiError[] = [];
  /** What happens between a request and its answer. */
  onWay: () => void = () => {};
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
    return stored;
  }

  #meet(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}
