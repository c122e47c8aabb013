import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  deriveKey,
  type KeyRing,
  type PrivateKey,
  readSealedSecret,
  type SealedSecret,
  type UnsealingKey,
} from "@sealwright/core";
import type { ObservedSealedSecret, Opened, Recorded, Records, SecretVersion, Vouched } from "../ports.ts";
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

  /**
   * Whether a record is about just this spec and scope, under these flags: anybody may have written it, and `vouched` says what it
   * proves. False for what has no item, whose scope no record tells of.
   *
   * @param manifest of a SealedSecret, not yet checked
   */
  isAbout(manifest: unknown, text: unknown): boolean {
    const record = readRecord(text);
    if (record === null || record.items.size === 0) return false;
    try {
      const sealed = readSealedSecret(manifest);
      const hashes = [...itemHashesOf(sealed).values()];
      const same = hashes.length === record.items.size && hashes.every((hash) => record.items.has(hash));
      return same && Buffer.compare(inputsOf(sealed, this.#options), record.inputs) === 0;
    } catch {
      // Whoever works on it will say why.
      return false;
    }
  }

  async vouched(observed: ObservedSealedSecret, secret: SecretVersion): Promise<Vouched | "changed" | null> {
    const proof = await this.#proofOf(observed);
    if (proof === null || observed.recorded !== true) return null;
    const { text, record, keys, key } = proof;
    const tag = versionTag({ key, body: record.body, observed, secret });
    if (!timingSafeEqual(tag, record.versionTag)) return "changed";
    const used = new Set([...record.items.values()].map((place) => keys[place]?.fingerprint ?? ""));
    return { text, keys: [...used].sort() };
  }

  async read(observed: ObservedSealedSecret, sealed: SealedSecret): Promise<Recorded | null> {
    const proof = await this.#proofOf(observed);
    if (proof === null) return null;
    const { text, record, keys, key } = proof;
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

  /** The record in a status, and the key of its tags; null where there is none, or none of keys at hand. */
  async #proofOf({ status: { record: text } }: ObservedSealedSecret) {
    const record = readRecord(text);
    const keys = record?.keys.map((name) => this.#active(name)) ?? [];
    if (text === undefined || record === null || !keys.every((key) => key !== null)) return null;
    return { text, record, keys, key: recordKey(await this.#seedsOf(keys), record.nonce) };
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
