/**
 * The bytes of a record, in base64 in `status.record`:
 *
 *      1  format: 1
 *     16  nonce, new for each record
 *     16  inputs: see `inputsOf`
 *      1  number of keys, k: at least one
 *   16*k  the keys: the first bytes of each fingerprint's hash
 *   17*n  the items: which of the keys opened it, and its hash (see `itemHashesOf`); sorted by the latter
 *     16  version tag
 *     16  content tag
 *
 * All but the tags is public, and the hashes are of what stands in the SealedSecret for everybody to read. What the tags are made of
 * and what each of them proves: `record-book.ts`.
 */

/** To be raised whenever these bytes, the tags, or the Secret that comes of the same SealedSecret change: earlier records are void then. */
export const FORMAT = 1;
/** Of nonces, hashes and tags, in bytes. */
export const LENGTH = 16;

const HEAD = 1 + LENGTH + LENGTH + 1;
const ITEM = 1 + LENGTH;
const TAGS = 2 * LENGTH;
export const MAX_KEYS = 255;

export interface RecordBody {
  readonly nonce: Uint8Array;
  readonly inputs: Uint8Array;
  readonly keys: readonly Uint8Array[];
  /** Hash of an item, in hex, to the place in `keys` of the one that opened it. */
  readonly items: ReadonlyMap<string, number>;
}

export interface SplitRecord {
  /** What the tags speak of. */
  readonly body: Uint8Array;
  readonly versionTag: Uint8Array;
  readonly contentTag: Uint8Array;
}

export function writeBody({ nonce, inputs, keys, items }: RecordBody): Uint8Array {
  const entries = [...items].sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([
    Uint8Array.of(FORMAT),
    nonce,
    inputs,
    Uint8Array.of(keys.length),
    ...keys,
    ...entries.flatMap(([hash, key]) => [Uint8Array.of(key), Buffer.from(hash, "hex")]),
  ]);
}

export function writeRecord({ body, versionTag, contentTag }: SplitRecord): string {
  return Buffer.concat([body, versionTag, contentTag]).toString("base64");
}

/** Takes a record apart, or null where it is none of this format. Nothing of it is proven yet: anybody may have written it. */
export function readRecord(text: unknown): (SplitRecord & RecordBody) | null {
  if (typeof text !== "string") return null;
  const bytes = Buffer.from(text, "base64");
  const end = bytes.length - TAGS;
  const count = bytes[HEAD - 1] ?? 0;
  const items = HEAD + count * LENGTH;
  if (bytes[0] !== FORMAT || count === 0 || end < items || (end - items) % ITEM !== 0) return null;
  // One text for one record: whatever base64 reads over is refused.
  if (bytes.toString("base64") !== text) return null;
  return {
    body: bytes.subarray(0, end),
    versionTag: bytes.subarray(end, end + LENGTH),
    contentTag: bytes.subarray(end + LENGTH),
    nonce: bytes.subarray(1, 1 + LENGTH),
    inputs: bytes.subarray(1 + LENGTH, HEAD - 1),
    keys: chunks(bytes.subarray(HEAD, items), LENGTH),
    items: new Map(
      chunks(bytes.subarray(items, end), ITEM).map((item) => [item.subarray(1).toString("hex"), item[0] ?? 0]),
    ),
  };
}

function chunks(bytes: Buffer, length: number): Buffer[] {
  return Array.from({ length: bytes.length / length }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}
