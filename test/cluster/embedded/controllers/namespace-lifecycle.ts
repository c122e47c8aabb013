import { randomUUID } from "node:crypto";
import { type KubeObject, timestamp } from "../kube-object.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import type { Change } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import { deleteInBackground, deleteObject } from "../writing/deletion.ts";
import type { ControllerParts } from "./controller-parts.ts";
import type { WorkQueue } from "./work-queue.ts";

const DEFAULT_SERVICE_ACCOUNT = "default";

/** Gives each namespace its ServiceAccount, and empties it before it goes. */
export class NamespaceLifecycle {
  readonly #store: Store;
  readonly #registry: ResourceRegistry;
  readonly #queue: WorkQueue;

  constructor({ store, registry, queue }: ControllerParts) {
    this.#store = store;
    this.#registry = registry;
    this.#queue = queue;
    store.subscribe((collection, change) => this.#notice(collection, change));
  }

  #notice(collection: string, { type, object }: Change): void {
    const name = collection === "namespaces" ? object.metadata.name : object.metadata.namespace;
    // Of what lives in a namespace only deletions matter: the last one lets it go, and one may be the ServiceAccount's.
    if (!name || (collection !== "namespaces" && type !== "DELETED")) return;
    this.#queue.add(`namespace ${name}`, () => this.#reconcile(name));
  }

  #reconcile(name: string): void {
    const namespace = this.#store.collection("namespaces").get("", name);
    if (namespace === null) return;
    if (namespace.metadata.deletionTimestamp !== undefined) this.#empty(namespace);
    else this.#createServiceAccount(name);
  }

  #createServiceAccount(namespace: string): void {
    if (this.#store.collection("serviceaccounts").get(namespace, DEFAULT_SERVICE_ACCOUNT) !== null) return;
    this.#store.create("serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: DEFAULT_SERVICE_ACCOUNT, namespace, uid: randomUUID(), creationTimestamp: timestamp() },
    });
  }

  #empty(namespace: KubeObject): void {
    const { name = "" } = namespace.metadata;
    const resources = this.#registry.collections().filter(({ namespaced }) => namespaced);
    for (const resource of resources) {
      for (const object of this.#store.collection(resource.collection).list(name)) {
        deleteObject(this.#store, resource, resource.fromStored(object), deleteInBackground);
      }
    }
    const left = resources.some(({ collection }) => this.#store.collection(collection).list(name).length > 0);
    if (!left) this.#store.delete("namespaces", namespace);
  }
}
