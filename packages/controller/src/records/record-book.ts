import { randomBytes, timingSafeEqual } from "node:crypto";
import { deriveKey, type KeyRing, type PrivateKey, type SealedSecret, type UnsealingKey } from "@sealwright/core";
import type { ObservedSealedSecret, Opened, Recorded, Records, SecretVersion } from "../ports.ts";
import { LENGTH, MAX_KEYS, type RecordBody, readRecord, writeBody, writeRecord } from "./record.ts";
import { inputsOf, itemHashesOf, type RecordOptions } from "./spec-hashes.ts";
import { contentTag, PURPOSE, recordKey, versionTag } from "./tags.ts";

const FINGERPRINT_PREFIX = "SHA256:";

type Keys = readonly UnsealingKey[];

/**
 * Writes and checks records: what was left in order, in a form that survives the process and that nobody else can write. A record is
 * made with the very keys that opened the items (with the newest, where there are none): whoever lacks one of them can neither forge it
 * nor try guesses against it, and it is void as soon as one of them is retired.
 */
export class RecordBook implements Records {
  readonly #ring: () => KeyRing;
  readonly #options: RecordOptions;
  readonly #seeds = new WeakMap<PrivateKey, Promise<Uint8Array>>();

  /** @param ring the keys at that moment */
  constructor(ring: () => KeyRing, options: RecordOptions) {
    this.#ring = ring;
    this.#options = options;
  }

  async read(observed: ObservedSealedSecret, sealed: SealedSecret): Promise<Recorded | null> {
    const text = observed.status.record;
    const record = readRecord(text);
    const keys = record?.keys.map((name) => this.#active(name)) ?? [];
    if (text === undefined || record === null || !keys.every((key) => key !== null)) return null;
    const key = recordKey(await this.#seedsOf(keys), record.nonce);
    const tagged = (secret: SecretVersion) => ({ key, body: record.body, observed, secret });
    const keyOf = keysOfSameItems(sealed, record, keys);
    const unchanged =
      keyOf.size === record.items.size &&
      keyOf.size === itemHashesOf(sealed).size &&
      Buffer.compare(inputsOf(sealed, this.#options), record.inputs) === 0;
    return {
      text,
      unchanged,
      keyOf,
      vouchesFor: (secret) => unchanged && timingSafeEqual(versionTag(tagged(secret)), record.versionTag),
      holds: (secret, items) => timingSafeEqual(contentTag(tagged(secret), items), record.contentTag),
    };
  }

  async write(
    observed: ObservedSealedSecret,
    sealed: SealedSecret,
    { secret: { data }, keyOf }: Opened,
    secret: SecretVersion,
  ): Promise<string | null> {
    const keys = this.#keysFor(keyOf);
    const places = new Map(keys.map(({ fingerprint }, place) => [fingerprint, place]));
    const items = new Map<string, number>();
    for (const [item, hash] of itemHashesOf(sealed)) {
      const place = places.get(keyOf.get(item) ?? "");
      // Its key was retired in this very moment: the next look finds no record, and sees it.
      if (place === undefined) return null;
      items.set(hash, place);
    }
    if (keys.length === 0 || keys.length > MAX_KEYS) return null;
    const nonce = randomBytes(LENGTH);
    const body = writeBody({ nonce, inputs: inputsOf(sealed, this.#options), keys: keys.map(nameOf), items });
    const tagged = { key: recordKey(await this.#seedsOf(keys), nonce), body, observed, secret };
    return writeRecord({ body, versionTag: versionTag(tagged), contentTag: contentTag(tagged, data) });
  }

  #keysFor(keyOf: ReadonlyMap<string, string>): Keys {
    const ring = this.#ring();
    if (keyOf.size === 0) return ring.newest === null ? [] : [ring.newest];
    const fingerprints = [...new Set(keyOf.values())].sort();
    return fingerprints
      .map((fingerprint) => ring.get(fingerprint))
      .filter((key) => key !== null && !key.retired) as Keys;
  }

  /** Null where it is no active key. */
  #active(name: Uint8Array): UnsealingKey | null {
    return this.#ring().keys.find((key) => !key.retired && Buffer.compare(nameOf(key), name) === 0) ?? null;
  }

  #seedsOf(keys: Keys): Promise<Uint8Array[]> {
    return Promise.all(
      keys.map(({ privateKey }) => {
        const seed = this.#seeds.get(privateKey) ?? deriveKey(privateKey, PURPOSE);
        this.#seeds.set(privateKey, seed);
        return seed;
      }),
    );
  }
}

/** Of each item whose ciphertext and label are those of the record, the key that opened it. */
function keysOfSameItems(sealed: SealedSecret, record: RecordBody, keys: Keys): ReadonlyMap<string, string> {
  const keyOf = new Map<string, string>();
  for (const [item, hash] of itemHashesOf(sealed)) {
    const key = keys[record.items.get(hash) ?? -1];
    if (key !== undefined) keyOf.set(item, key.fingerprint);
  }
  return keyOf;
}

function nameOf({ fingerprint }: UnsealingKey): Uint8Array {
  return Buffer.from(fingerprint.slice(FINGERPRINT_PREFIX.length), "base64").subarray(0, LENGTH);
}
