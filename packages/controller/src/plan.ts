import type { Secret } from "@sealwright/core";
import type { ExistingSecret, ObservedSealedSecret, OwnedSecret, OwnerReference } from "./ports.ts";

export const MANAGED = "sealedsecrets.bitnami.com/managed";
export const PATCH = "sealedsecrets.bitnami.com/patch";
const SKIP_OWNER = "sealedsecrets.bitnami.com/skip-set-owner-references";
/** Whoever can put this label on a Secret of the controller's namespace chooses a key that everybody seals with. */
export const KEY_LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";

/** What is to be done with the cluster's Secret; nothing has been done yet. */
export type Plan =
  | { readonly action: "create"; readonly secret: OwnedSecret }
  | { readonly action: "replace"; readonly secret: OwnedSecret }
  | { readonly action: "keep" }
  | { readonly action: "refuse"; readonly refusal: Refusal };

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
  // Before anyone asks whose it is: a Secret that was made without an owner stays what the SealedSecret says.
  if (isSame(merged, existing)) return { action: "keep" };
  if (!mayWrite(observed, existing)) return refuse({ kind: "not_managed", owner: controllerOf(existing) });
  return forbiddenChange(merged.secret, existing.secret) ?? { action: "replace", secret: merged };
}

/** Whether it counts as one, or did until it was retired: no SealedSecret makes one, nor exchanges what is in it. */
function isSealingKey({ metadata }: Secret): boolean {
  return Object.hasOwn(metadata.labels ?? {}, KEY_LABEL);
}

function ownersFor(observed: ObservedSealedSecret, unsealed: Secret): readonly OwnerReference[] {
  if (isMarked(unsealed, SKIP_OWNER)) return [];
  const { name, uid } = observed;
  return [{ apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", name, uid, controller: true }];
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
  if (existing.immutable === true && !sameData(wanted, existing)) return refuse({ kind: "immutable" });
  return null;
}

function isSame(wanted: OwnedSecret, existing: ExistingSecret): boolean {
  const [a, b] = [wanted.secret, existing.secret];
  return (
    sameData(a, b) &&
    typeOf(a) === typeOf(b) &&
    (a.immutable ?? false) === (b.immutable ?? false) &&
    sameStrings(a.metadata.labels, b.metadata.labels) &&
    sameStrings(a.metadata.annotations, b.metadata.annotations) &&
    sameOwners(wanted.owners, existing.owners)
  );
}

function sameData(a: Secret, b: Secret): boolean {
  if (a.data.size !== b.data.size) return false;
  return [...a.data].every(([item, value]) => {
    const other = b.data.get(item);
    return other !== undefined && Buffer.compare(value, other) === 0;
  });
}

function sameStrings(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  const [first, second] = [Object.entries(a), Object.entries(b)];
  return first.length === second.length && first.every(([key, value]) => Object.hasOwn(b, key) && b[key] === value);
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
