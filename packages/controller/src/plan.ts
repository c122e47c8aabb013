import { timingSafeEqual } from "node:crypto";
import { KEY_LABEL, SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND, type Secret } from "@sealwright/core";
import type { ExistingSecret, ObservedSealedSecret, OwnedSecret, OwnerReference } from "./ports.ts";

export const MANAGED = "sealedsecrets.bitnami.com/managed";
export const PATCH = "sealedsecrets.bitnami.com/patch";
const SKIP_OWNER = "sealedsecrets.bitnami.com/skip-set-owner-references";

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
  | { readonly kind: "immutable" }
  | { readonly kind: "type_change"; readonly from: string; readonly to: string }
  | { readonly kind: "key_label" }
  | { readonly kind: "key_name" };

/** Decides from what the SealedSecret holds and what the cluster has. Pure: the same arguments, the same plan. */
export function plan(observed: ObservedSealedSecret, unsealed: Secret, existing: ExistingSecret | null): Plan {
  if (isSealingKey(unsealed) || (existing !== null && isSealingKey(existing.secret))) {
    return refuse({ kind: "key_label" });
  }
  const wanted = { secret: unsealed, owners: ownersFor(observed, unsealed) };
  if (existing === null) return { action: "create", secret: wanted };
  const merged = isMarked(existing.secret, PATCH) ? patched(wanted, existing) : replaced(wanted, existing);
  const differences = differencesOf(merged, existing, wasInOrder(observed));
  // Before anyone asks whose it is: a Secret that was made without an owner stays what the SealedSecret says.
  if (differences.items.length === 0 && differences.parts.length === 0) return { action: "keep", existing };
  if (!mayWrite(observed, existing)) return refuse({ kind: "not_managed", owner: controllerOf(existing) });
  const drift = wasInOrder(observed) ? differences : null;
  return (
    forbiddenChange(merged.secret, existing.secret) ?? { action: "replace", secret: merged, over: existing, drift }
  );
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
  if (isMarked(unsealed, SKIP_OWNER)) return [];
  const { name, uid } = observed;
  return [{ apiVersion: SEALED_SECRET_API_VERSION, kind: SEALED_SECRET_KIND, name, uid, controller: true }];
}

function mayWrite(observed: ObservedSealedSecret, existing: ExistingSecret): boolean {
  const controlled = existing.owners.some((owner) => owner.controller === true && owner.uid === observed.uid);
  return controlled || isMarked(existing.secret, MANAGED) || isMarked(existing.secret, PATCH);
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
function patched(wanted: OwnedSecret, existing: ExistingSecret): OwnedSecret {
  const { secret } = existing;
  return {
    secret: {
      ...secret,
      ...(wanted.secret.type === undefined ? {} : { type: wanted.secret.type }),
      ...lastingImmutability(wanted.secret, secret),
      metadata: {
        ...secret.metadata,
        labels: { ...secret.metadata.labels, ...wanted.secret.metadata.labels },
        annotations: { ...secret.metadata.annotations, ...wanted.secret.metadata.annotations },
      },
      data: new Map([...secret.data, ...wanted.secret.data]),
    },
    owners: isMarked(secret, MANAGED) ? wanted.owners : existing.owners,
  };
}

/** The API server lets a Secret become immutable, and never again mutable. */
function lastingImmutability(wanted: Secret, existing: Secret): { immutable?: true } {
  return wanted.immutable === true || existing.immutable === true ? { immutable: true } : {};
}

/** What the API server would refuse, said before it is asked. */
function forbiddenChange(wanted: Secret, existing: Secret): Plan | null {
  const [from, to] = [typeOf(existing), typeOf(wanted)];
  if (from !== to) return refuse({ kind: "type_change", from, to });
  if (existing.immutable === true && changedItems(wanted, existing).length > 0) return refuse({ kind: "immutable" });
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

function isMarked({ metadata }: Secret, annotation: string): boolean {
  return metadata.annotations?.[annotation] === "true";
}

function refuse(refusal: Refusal): Plan {
  return { action: "refuse", refusal };
}
