import { randomUUID } from "node:crypto";
import { alreadyExists, badRequest, type Cause, conflict, internalError, invalid } from "../api-error.ts";
import { trackUpdate, type Writer } from "../fields/field-manager.ts";
import { equalJson, type JsonObject } from "../json.ts";
import { type KubeObject, type ManagedFieldsEntry, type ObjectMeta, timestamp } from "../kube-object.ts";
import { apiVersionOf, kindOf, type Resource, subjectOf } from "../resource.ts";
import { invalidValue } from "../rules/cause.ts";
import { dnsSubdomain } from "../rules/name-rules.ts";
import { validateObjectMeta, validateObjectMetaUpdate } from "../rules/object-meta-rules.ts";
import { applyDefaults } from "../schema/defaulting.ts";
import type { Store } from "../store/store.ts";
import { emptyObject } from "./decode-object.ts";
import { generateName } from "./generate-name.ts";
import { checkNamespace } from "./namespace-gate.ts";
import type { WriteOptions } from "./write-options.ts";

/** Which object a request is about. */
export interface Target {
  readonly resource: Resource;
  /** Empty for objects without one. */
  readonly namespace: string;
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

  create(resource: Resource, namespace: string, proposal: Proposal, options: WriteOptions): KubeObject {
    const { object } = proposal;
    checkNamespaceOf(object, resource, namespace);
    if (object.metadata.resourceVersion)
      throw internalError("resourceVersion should not be set on objects to be created");
    const writer = writerOf(resource, "", options);
    const managedFields = proposal.managedFields ?? trackUpdate(writer, emptyObject(resource), object, true);
    checkNamespace(this.#store, resource, namespace, object.metadata.name);
    const fresh = prepareNew(resource, namespace, object, managedFields);
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
    const { resource, subresource } = target;
    checkResourceVersion(target, current, proposal.object);
    const writer = writerOf(resource, subresource, options, [current, proposal.object]);
    const managedFields = proposal.managedFields ?? trackUpdate(writer, current, proposal.object, false);
    const next = prepareUpdate(target, current, proposal.object, managedFields);
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

/** Who writes a resource by one of its endpoints, for the bookkeeping of owners. */
export function writerOf(
  resource: Resource,
  subresource: Target["subresource"],
  { fieldManager }: WriteOptions,
  objects: readonly JsonObject[] = [],
): Writer {
  const others = objects.flatMap(Object.keys).filter((field) => field !== "status");
  const ignored = subresource === "status" ? [...new Set(others)] : resource.hasStatus ? ["status"] : [];
  return { manager: fieldManager, apiVersion: apiVersionOf(resource), subresource, schema: resource.schema, ignored };
}

/** An object says its namespace or leaves it to the URL. */
export function checkNamespaceOf({ metadata }: KubeObject, { namespaced }: Resource, namespace: string): void {
  if (!metadata.namespace || (namespaced && metadata.namespace === namespace)) return;
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

function refuse(resource: Resource, { metadata }: KubeObject, causes: readonly Cause[]): void {
  if (causes.length > 0) throw invalid(kindOf(resource, metadata.name), causes);
}

function prepareNew(
  resource: Resource,
  namespace: string,
  object: KubeObject,
  managedFields: ManagedFieldsEntry[],
): KubeObject {
  const fresh: KubeObject = { ...object, metadata: newMetadata(resource, namespace, object.metadata, managedFields) };
  if (resource.hasStatus) resetStatus(fresh, emptyObject(resource));
  // A status that was dropped may have a default, which shows when the object is read.
  if (resource.custom) applyDefaults(resource.schema, fresh);
  resource.rules.prepareCreate?.(fresh);
  return fresh;
}

function newMetadata(
  resource: Resource,
  namespace: string,
  said: ObjectMeta,
  managedFields: ManagedFieldsEntry[],
): ObjectMeta {
  const dropped = ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"];
  return {
    ...Object.fromEntries(Object.entries(said).filter(([field]) => !dropped.includes(field))),
    ...(resource.namespaced ? { namespace } : {}),
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...(resource.hasGeneration ? { generation: 1 } : {}),
    ...(managedFields.length === 0 ? {} : { managedFields }),
  };
}

function resetStatus(object: KubeObject, from: KubeObject): void {
  if (from["status"] === undefined) delete object["status"];
  else object["status"] = from["status"];
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

function prepareUpdate(
  { resource, subresource }: Target,
  current: KubeObject,
  proposed: KubeObject,
  managedFields: ManagedFieldsEntry[],
): KubeObject {
  const owners = managedFields.length === 0 ? {} : { managedFields };
  if (subresource === "status") {
    const { managedFields: _, ...metadata } = current.metadata;
    const next: KubeObject = { ...current, metadata: { ...metadata, ...owners } };
    resetStatus(next, proposed);
    return next;
  }
  const next: KubeObject = {
    ...proposed,
    metadata: { ...updatedMetadata(current.metadata, proposed.metadata), ...owners },
  };
  if (resource.hasStatus) resetStatus(next, current);
  resource.rules.prepareUpdate?.(next, current);
  const { generation } = current.metadata;
  const counts = resource.hasGeneration && !sameContents(next, current);
  if (generation !== undefined) next.metadata.generation = generation + (counts ? 1 : 0);
  return next;
}

/** What the client left out of what only the server sets stays as it is. */
function updatedMetadata(current: ObjectMeta, proposed: ObjectMeta): ObjectMeta {
  const { managedFields: _fields, selfLink: _link, generation: _, ...said } = proposed;
  const kept = [
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "resourceVersion",
  ];
  const fromCurrent = Object.entries(current).filter(([field]) => kept.includes(field));
  return { ...Object.fromEntries(fromCurrent), ...said };
}

function sameContents(a: KubeObject, b: KubeObject): boolean {
  const contents = ({ metadata: _metadata, status: _status, ...rest }: JsonObject) => rest;
  return equalJson(contents(a), contents(b));
}
