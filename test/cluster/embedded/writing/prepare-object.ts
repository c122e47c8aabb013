import { randomUUID } from "node:crypto";
import { equalJson, type JsonObject } from "../json.ts";
import { type KubeObject, type ManagedFieldsEntry, type ObjectMeta, timestamp } from "../kube-object.ts";
import { applyDefaults } from "../schema/defaulting.ts";
import { emptyObject } from "./decode-object.ts";
import type { Place, Target } from "./object-writer.ts";

/** A new object as it will be stored, but for its name: what only the server decides is decided. */
export function prepareNew(place: Place, object: KubeObject, managedFields: ManagedFieldsEntry[]): KubeObject {
  const { resource } = place;
  const fresh: KubeObject = { ...object, metadata: newMetadata(place, object.metadata, managedFields) };
  if (resource.hasStatus) resetStatus(fresh, emptyObject(resource));
  // A status that was dropped may have a default, which shows when the object is read.
  if (resource.custom) applyDefaults(resource.schema, fresh);
  resource.rules.prepareCreate?.(fresh);
  return fresh;
}

function newMetadata(
  { resource, namespace }: Place,
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

/** An object as it will be stored in the place of `current`, but for its owners: what only the server decides stays as it is. */
export function prepareUpdate(
  { resource, subresource }: Target,
  current: KubeObject,
  proposed: KubeObject,
): KubeObject {
  if (subresource === "status") {
    const next = { ...current };
    resetStatus(next, proposed);
    return next;
  }
  const next: KubeObject = { ...proposed, metadata: updatedMetadata(current.metadata, proposed.metadata) };
  if (resource.hasStatus) resetStatus(next, current);
  resource.rules.prepareUpdate?.(next, current);
  const { generation } = current.metadata;
  const counts = resource.hasGeneration && !sameContents(next, current);
  if (generation !== undefined) next.metadata.generation = generation + (counts ? 1 : 0);
  return next;
}

export function withOwners(object: KubeObject, managedFields: ManagedFieldsEntry[]): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(managedFields.length === 0 ? {} : { managedFields }) } };
}

/** What the client left out of what only the server sets stays as it is. */
function updatedMetadata(current: ObjectMeta, proposed: ObjectMeta): ObjectMeta {
  const { selfLink: _link, generation: _, ...said } = proposed;
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
