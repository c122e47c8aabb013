import { expired } from "../api-error.ts";
import type { KubeObject } from "../kube-object.ts";

/** One write, as a watch tells it. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The resourceVersion that the write made. */
  readonly revision: number;
  /** After the write; of a deletion, the last state, with the revision of the deletion. */
  readonly object: KubeObject;
  /** Before the write; null where there was nothing. */
  readonly previous: KubeObject | null;
}

/** How many changes a watch may resume over, or a list page back, before they are forgotten. */
const REMEMBERED_CHANGES = 50_000;

/** The objects of one resource, in the order of their keys, and what happened to them. */
export class Collection {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners = new Set<(change: Change) => void>();
  #sortedKeys: string[] | null = [];
  #changes: Change[] = [];
  /** The newest revision of which a change is forgotten. */
  #forgotten = 0;

  get(namespace: string, name: string): KubeObject | null {
    return this.#objects.get(keyOf(namespace, name)) ?? null;
  }

  /** Those of a namespace, or of all. */
  list(namespace: string | null): KubeObject[] {
    this.#sortedKeys ??= [...this.#objects.keys()].sort();
    const keys = namespace === null ? this.#sortedKeys : keysWithin(this.#sortedKeys, keyOf(namespace, ""));
    return keys.flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** As `list`, at an earlier revision. Throws a 410 where that is forgotten. */
  listAt(namespace: string | null, revision: number): KubeObject[] {
    const since = this.changesSince(revision);
    if (since.length === 0) return this.list(namespace);
    const objects = new Map(this.#objects);
    for (const { object, previous } of since.reverse()) {
      if (previous === null) objects.delete(keyOfObject(object));
      else objects.set(keyOfObject(object), previous);
    }
    const keys = [...objects.keys()].sort();
    return (namespace === null ? keys : keysWithin(keys, keyOf(namespace, ""))).flatMap(
      (key) => objects.get(key) ?? [],
    );
  }

  /** The changes after a revision, oldest first. Throws a 410 where some of them are forgotten. */
  changesSince(revision: number): Change[] {
    if (revision < this.#forgotten) throw expired(`too old resource version: ${revision} (${this.#forgotten})`);
    const first = this.#changes.findLastIndex((change) => change.revision <= revision) + 1;
    return this.#changes.slice(first);
  }

  record(change: Change): void {
    const key = keyOfObject(change.object);
    if (change.type === "DELETED") this.#objects.delete(key);
    else this.#objects.set(key, change.object);
    if (change.type !== "MODIFIED") this.#sortedKeys = null;
    this.#changes.push(change);
    if (this.#changes.length > REMEMBERED_CHANGES) this.#forget(REMEMBERED_CHANGES / 2);
    for (const listener of this.#listeners) listener(change);
  }

  /** Calls back for each change from now on. Returns the function that ends it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Forgets every change up to a revision. */
  compact(revision: number): void {
    this.#changes = [];
    this.#forgotten = revision;
  }

  #forget(count: number): void {
    this.#forgotten = this.#changes[count - 1]?.revision ?? this.#forgotten;
    this.#changes = this.#changes.slice(count);
  }
}

/** The place of an object in lists and pages; objects without a namespace have an empty one. */
export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function keyOfObject({ metadata: { namespace = "", name = "" } }: KubeObject): string {
  return keyOf(namespace, name);
}

function keysWithin(sorted: readonly string[], prefix: string): string[] {
  return sorted.filter((key) => key.startsWith(prefix));
}
