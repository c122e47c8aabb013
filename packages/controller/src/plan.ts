import { timingSafeEqual } from "node:crypto";
import {
  KEY_LABEL,
  type ObjectMeta,
  SEALED_SECRET_API_VERSION,
  SEALED_SECRET_KIND,
  type Secret,
} from "@sealwright/core";
import type { Violation } from "./policy.ts";
import type { ExistingSecret, ObservedSealedSecret, OwnedSecret, OwnerReference } from "./ports.ts";

export const MANAGED = "sealedsecrets.bitnami.com/managed";
export const PATCH = "sealedsecrets.bitnami.com/patch";
const SKIP_OWNER = "sealedsecrets.bitnami.com/skip-set-owner-references";
/** The Secret outlives its SealedSecret, and the next one of its name takes it over. */
export const KEEP = "sealwright.dev/keep";
/** What Kubernetes does not let change is deleted and made anew. */
export const RECREATE = "sealwright.dev/recreate";

/** What is to be done with the cluster's Secret; nothing has been done yet. */
export type Plan =
  | { readonly action: "create"; readonly secret: OwnedSecret }
  | {
      readonly action: "replace";
      readonly secret: OwnedSecret;
      readonly over: ExistingSecret;
      /** Null where the SealedSecret changed, or nobody knows. */
      readonly drift: Drift | null;
    }
  /** Deletes one that this SealedSecret controls, and makes another. */
  | { readonly action: "recreate"; readonly secret: OwnedSecret; readonly over: ExistingSecret }
  | { readonly action: "keep"; readonly existing: ExistingSecret }
  | { readonly action: "refuse"; readonly refusal: Refusal };

/** What somebody else changed of a Secret that was in order; names alone. */
export interface Drift {
  readonly items: readonly string[];
  readonly parts: readonly ("type" | "immutable" | "labels" | "annotations" | "owner")[];
}

/** Why the Secret is left as it is. */
export type Refusal =
  | { readonly kind: "not_managed"; readonly owner: string | null }
  | (ForbiddenChange & {
      /** Whether the controller would delete it and make another, if it were told to. */
      readonly recreatable: boolean;
    })
  | { readonly kind: "terminating" }
  | { readonly kind: "may_not_delete" }
  | { readonly kind: "policy"; readonly violation: Violation }
  | { readonly kind: "key_label" }
  | { readonly kind: "key_name" };

type ForbiddenChange =
  | { readonly kind: "immutable" }
  | { readonly kind: "type_change"; readonly from: string; readonly to: string };

/** What the controller's flags have every template say. */
export interface PlanOptions {
  readonly keepSecrets?: boolean;
  readonly recreateSecrets?: boolean;
}

/**
 * Decides from what the SealedSecret holds and what the cluster has. Pure: the same arguments, the same plan.
 *
 * @param unsealed the Secret as the SealedSecret says it
 */
export function plan(
  observed: ObservedSealedSecret,
  unsealed: Secret,
  existing: ExistingSecret | null,
  { keepSecrets = false, recreateSecrets = false }: PlanOptions = {},
): Plan {
  if (isSealingKey(unsealed) || (existing !== null && isSealingKey(existing.secret))) {
    return refuse({ kind: "key_label" });
  }
  const secret = keepSecrets ? marked(unsealed, KEEP) : unsealed;
  const wanted = { secret, owners: ownersFor(observed, secret) };
  if (existing === null) return { action: "create", secret: wanted };
  const isPatched = isMarked(existing.secret, PATCH);
  const merged = isPatched ? patched(observed, wanted, existing) : replaced(wanted, existing);
  const differences = differencesOf(merged, existing, wasInOrder(observed));
  // Before anyone asks whose it is: a Secret that was made without an owner stays what the SealedSecret says.
  if (differences.items.length === 0 && differences.parts.length === 0) return { action: "keep", existing };
  if (!mayWrite(observed, existing)) return refuse({ kind: "not_managed", owner: controllerOf(existing) });
  const drift = wasInOrder(observed) ? differences : null;
  const forbidden = forbiddenChange(merged.secret, existing.secret);
  if (forbidden === null) return { action: "replace", secret: merged, over: existing, drift };
  // One that holds what others put there, or that merely passes for ours, is nobody's to delete.
  const recreatable = !isPatched && isControlled(observed, existing);
  const toldTo = recreateSecrets || isMarked(secret, RECREATE);
  if (!recreatable || !toldTo) return refuse({ ...forbidden, recreatable });
  if (isTerminating(existing)) return refuse({ kind: "terminating" });
  return { action: "recreate", secret: wanted, over: existing };
}

/** Whether it is deleted already, and its finalizers hold that up. */
function isTerminating({ manifest }: ExistingSecret): boolean {
  return (manifest["metadata"] as ObjectMeta | undefined)?.["deletionTimestamp"] !== undefined;
}

/** Whether the Secret was what this same SealedSecret says: what differs now, somebody else changed. */
function wasInOrder({ generation, status: { observedGeneration, conditions = [] } }: ObservedSealedSecret): boolean {
  const synced = conditions.find(({ type }) => type === "Synced");
  return observedGeneration === generation && synced?.status === "True";
}

/**
 * Whether it counts as one, or did until it was retired: no SealedSecret makes one, nor exchanges what is in it. Whoever could would
 * choose the key that everybody seals with.
 */
function isSealingKey({ metadata }: Secret): boolean {
  return Object.hasOwn(metadata.labels ?? {}, KEY_LABEL);
}

function ownersFor(observed: ObservedSealedSecret, unsealed: Secret): readonly OwnerReference[] {
  if (isMarked(unsealed, SKIP_OWNER) || isMarked(unsealed, KEEP)) return [];
  const { name, uid } = observed;
  return [{ apiVersion: SEALED_SECRET_API_VERSION, kind: SEALED_SECRET_KIND, name, uid, controller: true }];
}

function mayWrite(observed: ObservedSealedSecret, existing: ExistingSecret): boolean {
  return isControlled(observed, existing) || [MANAGED, PATCH, KEEP].some((mark) => isMarked(existing.secret, mark));
}

function isControlled({ uid }: ObservedSealedSecret, { owners }: ExistingSecret): boolean {
  return owners.some((owner) => owner.controller === true && owner.uid === uid);
}

/** `Kind name` of whatever controls the Secret, or null where nothing does. */
function controllerOf(existing: ExistingSecret): string | null {
  const owner = existing.owners.find(({ controller }) => controller === true);
  return owner === undefined ? null : `${owner.kind} ${owner.name}`;
}

/** The Secret becomes what the SealedSecret says, and nothing of it stays. */
function replaced(wanted: OwnedSecret, existing: ExistingSecret): OwnedSecret {
  return { ...wanted, secret: { ...wanted.secret, ...lastingImmutability(wanted.secret, existing.secret) } };
}

/** Items, labels and annotations are merged in; the rest stays, and the owner too unless the Secret is also `managed`. */
function patched({ uid }: ObservedSealedSecret, wanted: OwnedSecret, existing: ExistingSecret): OwnedSecret {
  const { secret } = existing;
  const { [KEEP]: _, ...annotations } = secret.metadata.annotations ?? {};
  const others = existing.owners.filter((owner) => owner.uid !== uid);
  const owners = isMarked(wanted.secret, KEEP) ? others : existing.owners;
  // By the template's word too: once written, the mark stands there, and the next look would go by it.
  const isManaged = isMarked(secret, MANAGED) || isMarked(wanted.secret, MANAGED);
  return {
    secret: {
      ...secret,
      ...(wanted.secret.type === undefined ? {} : { type: wanted.secret.type }),
      ...lastingImmutability(wanted.secret, secret),
      metadata: {
        ...secret.metadata,
        labels: { ...secret.metadata.labels, ...wanted.secret.metadata.labels },
        annotations: { ...annotations, ...wanted.secret.metadata.annotations },
      },
      data: new Map([...secret.data, ...wanted.secret.data]),
    },
    owners: isManaged ? wanted.owners : owners,
  };
}

/** The API server lets a Secret become immutable, and never again mutable. */
function lastingImmutability(wanted: Secret, existing: Secret): { immutable?: true } {
  return wanted.immutable === true || existing.immutable === true ? { immutable: true } : {};
}

/** What the API server would refuse, said before it is asked. */
function forbiddenChange(wanted: Secret, existing: Secret): ForbiddenChange | null {
  const [from, to] = [typeOf(existing), typeOf(wanted)];
  if (from !== to) return { kind: "type_change", from, to };
  if (existing.immutable === true && changedItems(wanted, existing).length > 0) return { kind: "immutable" };
  return null;
}

/**
 * @param lenient whether labels and annotations that others put on the Secret may stay: many tools keep notes there, and a controller
 * that takes them off again each time would quarrel with them for ever. A change of the SealedSecret still clears them away, as in Go.
 */
function differencesOf(wanted: OwnedSecret, existing: ExistingSecret, lenient: boolean): Drift {
  const [a, b] = [wanted.secret, existing.secret];
  const sameMap = lenient ? holdsStrings : sameStrings;
  const checks = [
    ["type", typeOf(a) === typeOf(b)],
    ["immutable", (a.immutable ?? false) === (b.immutable ?? false)],
    ["labels", sameMap(a.metadata.labels, b.metadata.labels)],
    ["annotations", sameMap(a.metadata.annotations, b.metadata.annotations)],
    ["owner", sameOwners(wanted.owners, existing.owners)],
  ] as const;
  return { items: changedItems(a, b), parts: checks.flatMap(([part, same]) => (same ? [] : [part])) };
}

function changedItems(a: Secret, b: Secret): readonly string[] {
  const items = new Set([...a.data.keys(), ...b.data.keys()]);
  return [...items].filter((item) => !sameValue(a.data.get(item), b.data.get(item)));
}

function sameValue(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

function sameStrings(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  return holdsStrings(a, b) && holdsStrings(b, a);
}

/** Whether all that is wanted is there. */
function holdsStrings(
  wanted: Readonly<Record<string, string>> = {},
  there: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(there, key) && there[key] === value);
}

function sameOwners(a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean {
  const identity = ({ apiVersion, kind, name, uid, controller }: OwnerReference) =>
    JSON.stringify([apiVersion, kind, name, uid, controller === true]);
  return JSON.stringify(a.map(identity)) === JSON.stringify(b.map(identity));
}

/** As the API server defaults it. */
function typeOf({ type }: Secret): string {
  return type === undefined || type === "" ? "Opaque" : type;
}

function marked(secret: Secret, annotation: string): Secret {
  const { metadata } = secret;
  return { ...secret, metadata: { ...metadata, annotations: { ...metadata.annotations, [annotation]: "true" } } };
}

function isMarked({ metadata }: Secret, annotation: string): boolean {
  return metadata.annotations?.[annotation] === "true";
}

function refuse(refusal: Refusal): Plan {
  return { action: "refuse", refusal };
}
