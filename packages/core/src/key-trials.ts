import { keyOfHint } from "./hints.ts";
import type { KeyRing } from "./keyring.ts";
import type { SealedSecret } from "./sealed-secret.ts";
import type { UnsealingKey } from "./sealing-key.ts";

/**
 * In which order the keys of a ring are tried on the items of one object, so that the first is nearly always right: the one that
 * a hint names; the ones that opened other items of the object, the last one first; the one that opened something in its
 * namespace last; the one that was the newest when the object was created; the others, newest first, and retired ones at the end.
 * It decides about time alone: nothing opens because of it.
 */
export class KeyTrials {
  readonly #ring: KeyRing;
  readonly #namespace: string;
  #order: readonly UnsealingKey[];

  constructor(ring: KeyRing, { metadata }: SealedSecret) {
    this.#ring = ring;
    this.#namespace = metadata.namespace ?? "";
    const likely = [ring.lastIn(this.#namespace), newestAt(ring, metadata["creationTimestamp"])];
    const [retired, active] = [true, false].map((wanted) => ring.keys.filter((key) => key.retired === wanted));
    this.#order = inFront(likely, [...(active ?? []), ...(retired ?? [])]);
  }

  /** @param hinted what a hint says of the key; null where there is no hint */
  keys(hinted: string | null): readonly UnsealingKey[] {
    if (hinted === null) return this.#order;
    return inFront([this.#order.find((key) => keyOfHint(key.fingerprint) === hinted) ?? null], this.#order);
  }

  opened(key: UnsealingKey): void {
    if (key !== this.#order[0]) this.#order = inFront([key], this.#order);
    this.#ring.remember(this.#namespace, key);
  }
}

/** The key that sealed when an object was created, by the dates of the certificates. */
function newestAt(ring: KeyRing, creationTimestamp: unknown): UnsealingKey | null {
  const created = typeof creationTimestamp === "string" ? Date.parse(creationTimestamp) : Number.NaN;
  const before = (key: UnsealingKey) => (key.certificate?.notBefore ?? key.orderedBy).getTime() <= created;
  return ring.keys.find((key) => before(key) && !key.retired) ?? null;
}

function inFront(likely: readonly (UnsealingKey | null)[], keys: readonly UnsealingKey[]): readonly UnsealingKey[] {
  return [...new Set([...likely.filter((key) => key !== null), ...keys])];
}
