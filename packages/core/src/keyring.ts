import type { SealingKey, UnsealingKey } from "./sealing-key.ts";

/** Of how many namespaces a ring remembers which key opened something last. */
const MAX_REMEMBERED = 1_000;

/** The keys at hand, newest first. Its keys never change, a change makes a new ring; it remembers which of them was of use last. */
export class KeyRing {
  readonly keys: readonly UnsealingKey[];
  /** The key that seals, or null where none can: it is not retired and has a certificate. */
  readonly newest: SealingKey | null;
  readonly #sealBefore: Date | null;
  readonly #byFingerprint: ReadonlyMap<string, UnsealingKey>;
  readonly #lastByNamespace = new Map<string, UnsealingKey>();

  /**
   * The same key given twice counts once, at its later place in time; retired in one place, it is retired.
   *
   * Keys of after `sealBefore` open, and seal only where there is no other: who made them may have had a wrong clock.
   */
  constructor(keys: Iterable<UnsealingKey>, options: { readonly sealBefore?: Date | null } = {}) {
    const { sealBefore = null } = options;
    const byFingerprint = new Map<string, UnsealingKey>();
    for (const key of keys) {
      const known = byFingerprint.get(key.fingerprint);
      byFingerprint.set(key.fingerprint, known === undefined ? key : merged(known, key));
    }
    this.#byFingerprint = byFingerprint;
    this.keys = [...byFingerprint.values()].sort(newerFirst);
    const sealing = this.keys.filter(canSeal);
    this.newest = sealing.find(({ orderedBy }) => sealBefore === null || orderedBy <= sealBefore) ?? sealing[0] ?? null;
    this.#sealBefore = sealBefore;
  }

  /** The key of that fingerprint, or null. */
  get(fingerprint: string): UnsealingKey | null {
    return this.#byFingerprint.get(fingerprint) ?? null;
  }

  /** A new ring of these keys and that one. */
  with(key: UnsealingKey): KeyRing {
    return new KeyRing([...this.keys, key], { sealBefore: this.#sealBefore });
  }

  /** The key that last opened something in a namespace, or null where nothing has been opened. */
  lastIn(namespace: string): UnsealingKey | null {
    return this.#lastByNamespace.get(namespace) ?? null;
  }

  /** Remembers the key that opened something in a namespace; it is tried early on what comes next. */
  remember(namespace: string, key: UnsealingKey): void {
    this.#lastByNamespace.delete(namespace);
    this.#lastByNamespace.set(namespace, key);
    const [oldest] = this.#lastByNamespace.keys();
    if (this.#lastByNamespace.size > MAX_REMEMBERED && oldest !== undefined) this.#lastByNamespace.delete(oldest);
  }
}

function canSeal(key: UnsealingKey): key is SealingKey {
  return !key.retired && key.certificate !== null;
}

function merged(a: UnsealingKey, b: UnsealingKey): UnsealingKey {
  const [later, earlier] = newerFirst(a, b) > 0 ? [b, a] : [a, b];
  const certificate = later.certificate ?? earlier.certificate;
  const retired = later.retired || earlier.retired;
  return certificate === later.certificate && retired === later.retired ? later : { ...later, certificate, retired };
}

function newerFirst(a: UnsealingKey, b: UnsealingKey): number {
  return b.orderedBy.getTime() - a.orderedBy.getTime();
}
