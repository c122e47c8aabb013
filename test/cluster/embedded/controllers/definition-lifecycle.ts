import { DEFINITIONS } from "../built-in-resources.ts";
import { collectionOf, customResources } from "../custom-resources.ts";
import { equalJson } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import { establishedStatus } from "../rules/definition-conditions.ts";
import type { Change } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import { CLEANUP_FINALIZER, deleteInBackground, deleteObject } from "../writing/deletion.ts";
import type { ObjectWriter } from "../writing/object-writer.ts";
import type { ControllerParts } from "./controller-parts.ts";
import type { WorkQueue } from "./work-queue.ts";

/** Serves what custom resource definitions define, and takes their objects away with them. */
export class DefinitionLifecycle {
  readonly #store: Store;
  readonly #registry: ResourceRegistry;
  readonly #writer: ObjectWriter;
  readonly #queue: WorkQueue;

  constructor({ store, registry, writer, queue }: ControllerParts) {
    this.#store = store;
    this.#registry = registry;
    this.#writer = writer;
    this.#queue = queue;
    store.subscribe((collection, change) => this.#notice(collection, change));
  }

  #notice(collection: string, { type, object }: Change): void {
    if (collection === DEFINITIONS) {
      const { name = "" } = object.metadata;
      if (type === "DELETED") this.#registry.withdraw(name);
      else this.#queue.add(`definition ${name}`, () => this.#reconcile(name));
    } else if (type === "DELETED") {
      const definitions = this.#store.collection(DEFINITIONS).list(null);
      const leaving = definitions.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
      const { name } = leaving.find((definition) => collectionOf(definition) === collection)?.metadata ?? {};
      if (name) this.#queue.add(`definition ${name}`, () => this.#reconcile(name));
    }
  }

  #reconcile(name: string): void {
    const definition = this.#store.collection(DEFINITIONS).get("", name);
    if (definition === null) return;
    if (definition.metadata.deletionTimestamp !== undefined) this.#cleanUp(definition);
    else this.#establish(definition);
  }

  #establish(definition: KubeObject): void {
    this.#registry.serve(definition.metadata.name ?? "", customResources(definition));
    const status = establishedStatus(definition);
    if (!equalJson(status, definition["status"])) {
      this.#store.update(DEFINITIONS, { ...definition, status }, definition);
    }
  }

  #cleanUp(definition: KubeObject): void {
    const [resource] = customResources(definition);
    const objects = this.#store.collection(collectionOf(definition)).list(null);
    for (const object of objects) {
      if (resource !== undefined) deleteObject(this.#store, resource, resource.fromStored(object), deleteInBackground);
    }
    const left = this.#store.collection(collectionOf(definition)).list(null).length > 0;
    if (!left && definition.metadata.finalizers?.includes(CLEANUP_FINALIZER)) this.#release(definition);
  }

  #release(definition: KubeObject): void {
    const resource = this.#registry.findKind(definition.apiVersion, definition.kind);
    const finalizers = definition.metadata.finalizers?.filter((finalizer) => finalizer !== CLEANUP_FINALIZER) ?? [];
    const released = { ...definition, metadata: { ...definition.metadata, finalizers } };
    if (resource !== undefined) this.#writer.store(resource, definition, released);
  }
}
