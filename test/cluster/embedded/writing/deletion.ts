import { conflict, forbidden, invalid } from "../api-error.ts";
import { DEFINITIONS } from "../built-in-resources.ts";
import { asArray, asObject, asString, type JsonObject } from "../json.ts";
import { type KubeObject, timestamp } from "../kube-object.ts";
import { kindOf, type Resource, subjectOf } from "../resource.ts";
import { unsupportedValue } from "../rules/cause.ts";
import { terminatingStatus } from "../rules/definition-conditions.ts";
import type { Store } from "../store/store.ts";

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  readonly propagation: Propagation;
  /** Delete only this very object, in this very state. */
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun: boolean;
}

export const deleteInBackground: DeleteOptions = { propagation: "Background", preconditions: {}, dryRun: false };

const PROPAGATIONS = ["Foreground", "Background", "Orphan"];

/** Finalizers by which the garbage collector is told what to do with dependents. */
export const ORPHAN_FINALIZER = "orphan";
export const FOREGROUND_FINALIZER = "foregroundDeletion";
/** Held until the custom resources of a definition are gone. */
export const CLEANUP_FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

const IMMORTAL_NAMESPACES = ["default", "kube-public", "kube-system"];

/** Reads the options of a deletion from its query and its body, which wins. Throws a 422. */
export function parseDeleteOptions(query: URLSearchParams, body: JsonObject): DeleteOptions {
  const said = body["propagationPolicy"] ?? query.get("propagationPolicy") ?? "";
  const orphans = body["orphanDependents"] === true || query.get("orphanDependents") === "true";
  const policy = asString(said) || (orphans ? "Orphan" : "Background");
  const dryRun = [...query.getAll("dryRun"), ...asArray(body["dryRun"])];
  const subject = { group: "meta.k8s.io", kind: "DeleteOptions" };
  if (!PROPAGATIONS.includes(policy)) {
    throw invalid(subject, [unsupportedValue("propagationPolicy", policy, [...PROPAGATIONS, "nil"])]);
  }
  if (dryRun.some((value) => value !== "All")) throw invalid(subject, [unsupportedValue("dryRun", dryRun, ["All"])]);
  const { uid, resourceVersion } = asObject(body["preconditions"]);
  return {
    propagation: policy as Propagation,
    preconditions: {
      ...(uid === undefined ? {} : { uid: asString(uid) }),
      ...(resourceVersion === undefined ? {} : { resourceVersion: asString(resourceVersion) }),
    },
    dryRun: dryRun.length > 0,
  };
}

export interface Deleted {
  readonly object: KubeObject;
  /** False where the object only waits for its finalizers. */
  readonly gone: boolean;
}

/** Deletes an object that is stored, or marks it so that those who hold finalizers let it go. */
export function deleteObject(store: Store, resource: Resource, current: KubeObject, options: DeleteOptions): Deleted {
  checkPreconditions(resource, current, options);
  checkMayGo(resource, current);
  const finalizers = finalizersFor(resource, current, options.propagation);
  const waits = finalizers.length > 0 || resource.collection === "namespaces";
  if (!waits) {
    if (options.dryRun) return { object: current, gone: true };
    return { object: resource.fromStored(store.delete(resource.collection, resource.toStored(current))), gone: true };
  }
  if (current.metadata.deletionTimestamp !== undefined) return { object: current, gone: false };
  const marked = markDeleted(resource, current, finalizers);
  if (options.dryRun) return { object: marked, gone: false };
  const stored = store.update(resource.collection, resource.toStored(marked), resource.toStored(current));
  return { object: resource.fromStored(stored), gone: false };
}

function checkPreconditions(resource: Resource, { metadata }: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions;
  // Errors of this kind name the kind, where others name the resource.
  const subject = kindOf({ ...resource, group: "" }, metadata.name);
  if (uid !== undefined && uid !== metadata.uid) {
    const which = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`;
    throw conflict(subject, `${which}. The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const record = `the ResourceVersion in record (${metadata.resourceVersion})`;
    const which = `the ResourceVersion in the precondition (${resourceVersion}) does not match ${record}`;
    throw conflict(subject, `${which}. The object might have been modified`);
  }
}

function checkMayGo(resource: Resource, { metadata: { name = "" } }: KubeObject): void {
  if (resource.collection !== "namespaces" || !IMMORTAL_NAMESPACES.includes(name)) return;
  throw forbidden(subjectOf(resource, name), "this namespace may not be deleted");
}

function finalizersFor(resource: Resource, { metadata }: KubeObject, propagation: Propagation): string[] {
  const collectors = [ORPHAN_FINALIZER, FOREGROUND_FINALIZER];
  const others = (metadata.finalizers ?? []).filter((finalizer) => !collectors.includes(finalizer));
  const cleanup = resource.collection === DEFINITIONS && !others.includes(CLEANUP_FINALIZER) ? [CLEANUP_FINALIZER] : [];
  if (propagation === "Orphan") return [...others, ...cleanup, ORPHAN_FINALIZER];
  if (propagation === "Foreground") return [...others, ...cleanup, FOREGROUND_FINALIZER];
  return [...others, ...cleanup];
}

function markDeleted(resource: Resource, current: KubeObject, finalizers: string[]): KubeObject {
  const { generation } = current.metadata;
  const deletionTimestamp = timestamp();
  if (resource.collection === "namespaces") {
    const metadata = { ...current.metadata, deletionTimestamp };
    return { ...current, metadata, status: { ...asObject(current["status"]), phase: "Terminating" } };
  }
  if (resource.collection === DEFINITIONS) {
    const metadata = { ...current.metadata, deletionTimestamp, finalizers };
    return { ...current, metadata, status: terminatingStatus(current) };
  }
  const metadata = {
    ...current.metadata,
    deletionTimestamp,
    deletionGracePeriodSeconds: 0,
    ...(generation === undefined ? {} : { generation: generation + 1 }),
    finalizers,
  };
  return { ...current, metadata };
}
