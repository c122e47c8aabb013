import type { KubeObject, OwnerReference } from "../kube-object.ts";
import type { Resource } from "../resource.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import type { Change } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import { deleteInBackground, deleteObject, FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from "../writing/deletion.ts";
import type { ObjectWriter } from "../writing/object-writer.ts";
import type { ControllerParts } from "./controller-parts.ts";
import type { WorkQueue } from "./work-queue.ts";

/** Where an object is stored. */
interface Location {
  readonly collection: string;
  readonly namespace: string;
  readonly name: string;
}

/** Deletes objects whose owners are gone, or were never there: an owner is its uid, not its name. */
export class GarbageCollector {
  readonly #store: Store;
  readonly #registry: ResourceRegistry;
  readonly #writer: ObjectWriter;
  readonly #queue: WorkQueue;
  /** Places of dependents, by key, by the uid of an owner. */
  readonly #dependents = new Map<string, Map<string, Location>>();
  /** Owners that were deleted: known to be gone even when their kind is no longer served. */
  readonly #gone = new Set<string>();

  constructor({ store, registry, writer, queue }: ControllerParts) {
    this.#store = store;
    this.#registry = registry;
    this.#writer = writer;
    this.#queue = queue;
    store.subscribe((collection, change) => this.#notice(collection, change));
  }

  #notice(collection: string, { type, object, previous }: Change): void {
    const place = { collection, namespace: object.metadata.namespace ?? "", name: object.metadata.name ?? "" };
    for (const { uid } of previous?.metadata.ownerReferences ?? []) this.#dependents.get(uid)?.delete(keyOf(place));
    const { uid = "", deletionTimestamp, ownerReferences = [] } = object.metadata;
    if (type === "DELETED") {
      this.#gone.add(uid);
      for (const { uid: owner } of ownerReferences) this.#enqueueOwner(owner, object, ownerReferences);
      this.#enqueueDependents(uid);
      return;
    }
    for (const reference of ownerReferences) this.#index(reference.uid, place);
    if (ownerReferences.length > 0) this.#enqueue(place);
    if (deletionTimestamp !== undefined) this.#enqueue(place);
  }

  #index(owner: string, place: Location): void {
    const places = this.#dependents.get(owner) ?? new Map<string, Location>();
    places.set(keyOf(place), place);
    this.#dependents.set(owner, places);
  }

  #enqueue(place: Location): void {
    this.#queue.add(`object ${keyOf(place)}`, () => this.#process(place));
  }

  #enqueueDependents(owner: string): void {
    for (const place of this.#dependents.get(owner)?.values() ?? []) this.#enqueue(place);
  }

  /** An owner that waits for its dependents to go has one less to wait for. */
  #enqueueOwner(uid: string, dependent: KubeObject, references: readonly OwnerReference[]): void {
    const reference = references.find((candidate) => candidate.uid === uid);
    const resource = reference && this.#registry.findKind(reference.apiVersion, reference.kind);
    if (resource === undefined) return;
    const namespace = resource.namespaced ? (dependent.metadata.namespace ?? "") : "";
    this.#enqueue({ collection: resource.collection, namespace, name: reference?.name ?? "" });
  }

  #process(place: Location): void {
    const object = this.#store.collection(place.collection).get(place.namespace, place.name);
    const resource = this.#registry.collections().find(({ collection }) => collection === place.collection);
    if (object === null || resource === undefined) return;
    const current = resource.fromStored(object);
    if (current.metadata.deletionTimestamp !== undefined) this.#finish(resource, current);
    else this.#collect(resource, current);
  }

  /** Deletes a dependent none of whose owners is there; forgets some of several. */
  #collect(resource: Resource, object: KubeObject): void {
    const references = object.metadata.ownerReferences ?? [];
    const states = references.map((reference) => ({ reference, state: this.#stateOf(object, reference) }));
    if (states.some(({ state }) => state === "unknown")) return;
    const staying = states.filter(({ state }) => state === "there").map(({ reference }) => reference);
    if (references.length === 0 || staying.length === references.length) return;
    if (staying.length === 0) deleteObject(this.#store, resource, object, deleteInBackground);
    else this.#writer.store(resource, object, withOwners(object, staying));
  }

  #stateOf(
    dependent: KubeObject,
    { apiVersion, kind, name, uid }: OwnerReference,
  ): "gone" | "leaving" | "there" | "unknown" {
    if (this.#gone.has(uid)) return "gone";
    const resource = this.#registry.findKind(apiVersion, kind);
    const { namespace = "" } = dependent.metadata;
    // An owner in a namespace cannot own what has none: such a reference is left alone.
    if (resource === undefined || (resource.namespaced && namespace === "")) return "unknown";
    const owner = this.#store.collection(resource.collection).get(resource.namespaced ? namespace : "", name);
    if (owner?.metadata.uid !== uid) return "gone";
    const leaving = owner.metadata.deletionTimestamp && owner.metadata.finalizers?.includes(FOREGROUND_FINALIZER);
    return leaving ? "leaving" : "there";
  }

  /** Does to the dependents of a leaving object what its finalizers ask for, and then takes these finalizers away. */
  #finish(resource: Resource, owner: KubeObject): void {
    const { finalizers = [], uid = "" } = owner.metadata;
    const places = [...(this.#dependents.get(uid)?.values() ?? [])];
    if (finalizers.includes(ORPHAN_FINALIZER)) {
      for (const place of places) this.#orphan(place, uid);
      this.#release(resource, owner, ORPHAN_FINALIZER);
    } else if (finalizers.includes(FOREGROUND_FINALIZER)) {
      for (const place of places) this.#enqueue(place);
      if (!places.some((place) => this.#blocks(place, uid))) this.#release(resource, owner, FOREGROUND_FINALIZER);
    }
  }

  #orphan({ collection, namespace, name }: Location, owner: string): void {
    const dependent = this.#store.collection(collection).get(namespace, name);
    if (dependent === null) return;
    const others = dependent.metadata.ownerReferences?.filter(({ uid }) => uid !== owner) ?? [];
    this.#store.update(collection, withOwners(dependent, others), dependent);
  }

  #blocks({ collection, namespace, name }: Location, owner: string): boolean {
    const references = this.#store.collection(collection).get(namespace, name)?.metadata.ownerReferences ?? [];
    return references.some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion);
  }

  #release(resource: Resource, object: KubeObject, finalizer: string): void {
    const { finalizers: held = [], ...metadata } = object.metadata;
    const finalizers = held.filter((other) => other !== finalizer);
    const released = { ...object, metadata: { ...metadata, ...(finalizers.length === 0 ? {} : { finalizers }) } };
    this.#writer.store(resource, object, released);
  }
}

function keyOf({ collection, namespace, name }: Location): string {
  return `${collection} ${namespace}/${name}`;
}

function withOwners(object: KubeObject, owners: OwnerReference[]): KubeObject {
  const { ownerReferences: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(owners.length === 0 ? {} : { ownerReferences: owners }) } };
}
