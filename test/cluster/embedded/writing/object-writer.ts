import { alreadyExists, badRequest, type Cause, conflict, internalError, invalid } from "../api-error.ts";
import { trackUpdate, type Writer } from "../fields/field-manager.ts";
import { equalJson, type JsonObject } from "../json.ts";
import type { KubeObject, ManagedFieldsEntry } from "../kube-object.ts";
import { apiVersionOf, kindOf, type Resource, subjectOf } from "../resource.ts";
import { invalidValue } from "../rules/cause.ts";
import { dnsSubdomain } from "../rules/name-rules.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "../rules/object-meta-rules.ts";
import type { Store } from "../store/store.ts";
import { emptyObject } from "./decode-object.ts";
import { generateName } from "./generate-name.ts";
import { checkNamespace } from "./namespace-gate.ts";
import { prepareNew, prepareUpdate, withOwners } from "./prepare-object.ts";
import type { WriteOptions } from "./write-options.ts";

/** Where an object is, or is to be. */
export interface Place {
  readonly resource: Resource;
  /** Empty for objects without one. */
  readonly namespace: string;
}

/** Which object a request is about. */
export interface Target extends Place {
  readonly name: string;
  /** `status`, or empty for the object itself. */
  readonly subresource: "" | "status";
}

/** An object as a request wants it. */
export interface Proposal {
  readonly object: KubeObject;
  /** What server-side apply found out about owners; absent where that is still to be done. */
  readonly managedFields?: ManagedFieldsEntry[] | undefined;
}

const GENERATE_ATTEMPTS = 8;

/** Turns what clients propose into what is stored: what the server decides is filled in, what is wrong is refused. */
export class ObjectWriter {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The object, in the form of the target's version; null where there is none. */
  read({ resource, namespace, name }: Target): KubeObject | null {
    const stored = this.#store.collection(resource.collection).get(namespace, name);
    return stored === null ? null : resource.fromStored(stored);
  }

  create({ resource, namespace }: Place, proposal: Proposal, options: WriteOptions): KubeObject {
    const { object } = proposal;
    checkNamespaceOf(object, resource, namespace);
    if (object.metadata.resourceVersion) {
      throw internalError("resourceVersion should not be set on objects to be created");
    }
    const writer = writerOf({ resource, subresource: "" }, options);
    const managedFields = proposal.managedFields ?? trackUpdate(writer, emptyObject(resource), object);
    checkNamespace(this.#store, { resource, namespace }, object.metadata.name);
    const fresh = prepareNew({ resource, namespace }, object, managedFields);
    const named = this.#withName(resource, fresh);
    refuse(resource, named, [
      ...validateObjectMeta(named.metadata, resource.rules.checkName ?? dnsSubdomain),
      ...(resource.rules.validate?.(named) ?? []),
    ]);
    const { name = "" } = named.metadata;
    if (this.#exists(resource, namespace, name)) throw alreadyExists(subjectOf(resource, name));
    if (options.dryRun) return named;
    return resource.fromStored(this.#store.create(resource.collection, resource.toStored(named)));
  }

  /** Replaces `current`, which must be what is stored now. */
  update(target: Target, current: KubeObject, proposal: Proposal, options: WriteOptions): KubeObject {
    const { resource } = target;
    checkResourceVersion(target, current, proposal.object);
    const writer = writerOf(target, options, [current, proposal.object]);
    const managedFields = proposal.managedFields ?? trackUpdate(writer, current, proposal.object);
    const next = withOwners(prepareUpdate(target, current, proposal.object), managedFields);
    refuse(resource, next, [
      ...validateObjectMetaUpdate(next.metadata, current.metadata),
      ...validateObjectMeta(next.metadata, () => []),
      ...this.#validateUpdate(target, next, current),
    ]);
    if (equalJson(next, current) || options.dryRun) return next;
    return this.store(resource, current, next);
  }

  /** Stores a change without asking further; an object that only waited for its last finalizer goes. */
  store(resource: Resource, current: KubeObject, next: KubeObject): KubeObject {
    const { deletionTimestamp, finalizers = [] } = next.metadata;
    const isReleased =
      deletionTimestamp !== undefined && finalizers.length === 0 && resource.collection !== "namespaces";
    if (isReleased && current.metadata.deletionTimestamp !== undefined) {
      this.#store.delete(resource.collection, resource.toStored(current));
      return next;
    }
    return resource.fromStored(
      this.#store.update(resource.collection, resource.toStored(next), resource.toStored(current)),
    );
  }

  #validateUpdate({ resource, subresource }: Target, next: KubeObject, current: KubeObject): Cause[] {
    if (subresource === "status" && !resource.custom) return [];
    return [...(resource.rules.validate?.(next) ?? []), ...(resource.rules.validateUpdate?.(next, current) ?? [])];
  }

  #withName(resource: Resource, object: KubeObject): KubeObject {
    const { name, generateName: base, namespace = "" } = object.metadata;
    if (name || !base) return object;
    for (let attempt = 1; ; attempt++) {
      const generated = generateName(base);
      if (attempt < GENERATE_ATTEMPTS && this.#exists(resource, namespace, generated)) continue;
      return { ...object, metadata: { ...object.metadata, name: generated } };
    }
  }

  #exists(resource: Resource, namespace: string, name: string): boolean {
    return this.#store.collection(resource.collection).get(namespace, name) !== null;
  }
}

/** Who writes by an endpoint, for the bookkeeping of owners; `objects` are those that have fields to own. */
export function writerOf(
  { resource, subresource }: Pick<Target, "resource" | "subresource">,
  { fieldManager: manager }: WriteOptions,
  objects: readonly JsonObject[] = [],
): Writer {
  const others = objects.flatMap(Object.keys).filter((field) => field !== "status");
  const ignored = subresource === "status" ? [...new Set(others)] : resource.hasStatus ? ["status"] : [];
  return { manager, apiVersion: apiVersionOf(resource), subresource, schema: resource.schema, ignored };
}

/** An object says its namespace or leaves it to the URL. */
export function checkNamespaceOf({ metadata }: KubeObject, { namespaced }: Resource, namespace: string): void {
  if (!metadata.namespace || (namespaced && metadata.namespace === namespace)) return;
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

function refuse(resource: Resource, { metadata }: KubeObject, causes: readonly Cause[]): void {
  if (causes.length > 0) throw invalid(kindOf(resource, metadata.name), causes);
}

function checkResourceVersion({ resource, name }: Target, current: KubeObject, proposed: KubeObject): void {
  const { resourceVersion } = proposed.metadata;
  if (resourceVersion === current.metadata.resourceVersion) return;
  if (resourceVersion) {
    const why = "the object has been modified; please apply your changes to the latest version and try again";
    throw conflict(subjectOf(resource, name), why);
  }
  if (resource.updatesUnconditionally) return;
  const cause = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
  throw invalid(subjectOf(resource, name), [cause]);
}
