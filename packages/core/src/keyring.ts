import type { SealingKey } from "./sealing-key.ts";

/** The sealing keys at hand, newest first. Immutable: a change makes a new ring. */
export class KeyRing {
  readonly keys: readonly SealingKey[];
  readonly #byFingerprint: ReadonlyMap<string, SealingKey>;

  /** The same key given twice counts once, at its later place in time. */
  constructor(keys: Iterable<SealingKey>) {
    const newestFirst = [...keys].sort((a, b) => b.orderedBy.getTime() - a.orderedBy.getTime());
    const byFingerprint = new Map<string, SealingKey>();
    for (const key of newestFirst) {
      if (!byFingerprint.has(key.fingerprint)) byFingerprint.set(key.fingerprint, key);
    }
    this.#byFingerprint = byFingerprint;
    this.keys = [...byFingerprint.values()];
  }

  /** The key that seals, or null in an empty ring. */
  get newest(): SealingKey | null {
    return this.keys[0] ?? null;
  }

  get(fingerprint: string): SealingKey | null {
    return this.#byFingerprint.get(fingerprint) ?? null;
  }

  with(key: SealingKey): KeyRing {
    return new KeyRing([...this.keys, key]);
  }
}
