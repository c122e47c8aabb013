import type { KubeObject } from "../kube-object.ts";
import { type Change, Collection } from "./collection.ts";

/** Called after every write, with the name of the collection it went to. */
export type StoreListener = (collection: string, change: Change) => void;

/** All objects, under one counter of revisions, as etcd keeps them. Collections are named by group and plural: `apps/deployments`. */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<StoreListener>();
  #revision = 1;
  #compacted = 0;

  /** The newest resourceVersion. */
  get revision(): number {
    return this.#revision;
  }

  collection(name: string): Collection {
    const existing = this.#collections.get(name);
    if (existing !== undefined) return existing;
    const created = new Collection();
    created.compact(this.#compacted);
    this.#collections.set(name, created);
    return created;
  }

  /** Stores an object that was not there, and gives it back with its resourceVersion. */
  create(collection: string, object: KubeObject): KubeObject {
    return this.#write(collection, "ADDED", object, null);
  }

  update(collection: string, object: KubeObject, previous: KubeObject): KubeObject {
    return this.#write(collection, "MODIFIED", object, previous);
  }

  /** Takes an object away; gives back its last state with the resourceVersion of its deletion. */
  delete(collection: string, object: KubeObject): KubeObject {
    return this.#write(collection, "DELETED", object, object);
  }

  /** Calls back for each write to any collection. */
  subscribe(listener: StoreListener): void {
    this.#listeners.add(listener);
  }

  /** Forgets every change that a watch could resume from. */
  compact(): void {
    this.#compacted = this.#revision;
    for (const collection of this.#collections.values()) collection.compact(this.#compacted);
  }

  #write(collection: string, type: Change["type"], object: KubeObject, previous: KubeObject | null): KubeObject {
    const revision = ++this.#revision;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    const stored = { ...object, metadata };
    const change = { type, revision, object: stored, previous };
    this.collection(collection).record(change);
    for (const listener of this.#listeners) listener(collection, change);
    return stored;
  }
}
