/**
 * What only a holder of the sealing keys can make, or learn anything from. Each of the keys that opened a SealedSecret's items gives a
 * seed (`deriveKey` of core); the seeds, in the order of the record, and its nonce give the key of this one record:
 *
 *     key = HKDF-SHA256(seeds behind each other, salt: nonce, info: PURPOSE), 32 bytes
 *     tag = the first 16 bytes of HMAC-SHA256(key, frame(subject) frame(body) content)
 *
 * where a frame is the length in four bytes, big-endian, and the bytes. The subject is the JSON of [what, namespace, name, UID of the
 * SealedSecret, UID of the Secret, its resourceVersion or null].
 *
 * The *version tag* ("version", no content) proves that the Secret was in order at that resourceVersion: no other state of any object of
 * the cluster has that UID and version. The *content tag* ("content", version null) proves that items are the unsealed ones, whatever
 * else has changed of the Secret: its content is a frame of the JSON of [name, length] of each, sorted by name, and then the values.
 * There is no tag of less than all items together. Vector: test/records/record-book.test.ts.
 */
import { createHmac, hkdfSync } from "node:crypto";
import type { ObservedSealedSecret, SecretVersion } from "../ports.ts";
import { LENGTH } from "./record.ts";

/** Of all that is derived for records; the number is that of the format. */
export const PURPOSE = "sealwright.dev/record 1";

export interface Tagged {
  /** See `recordKey`. */
  readonly key: Uint8Array;
  readonly body: Uint8Array;
  readonly observed: Pick<ObservedSealedSecret, "namespace" | "name" | "uid">;
  readonly secret: SecretVersion;
}

export function recordKey(seeds: readonly Uint8Array[], nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", Buffer.concat(seeds), nonce, PURPOSE, 32));
}

export function versionTag(tagged: Tagged): Uint8Array {
  return tagOf("version", tagged, []);
}

export function contentTag({ secret, ...tagged }: Tagged, items: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const names = [...items.keys()].sort();
  const values = names.map((name) => items.get(name) ?? new Uint8Array());
  const lengths = JSON.stringify(names.map((name, at) => [name, values[at]?.length]));
  return tagOf("content", { ...tagged, secret: { uid: secret.uid, resourceVersion: null } }, [
    ...framed(Buffer.from(lengths)),
    ...values,
  ]);
}

function tagOf(
  what: "version" | "content",
  { key, body, observed, secret }: Omit<Tagged, "secret"> & { secret: { uid: string; resourceVersion: string | null } },
  content: readonly Uint8Array[],
): Uint8Array {
  const { namespace, name, uid } = observed;
  const subject = JSON.stringify([what, namespace, name, uid, secret.uid, secret.resourceVersion]);
  const hmac = createHmac("sha256", key);
  for (const part of [...framed(Buffer.from(subject)), ...framed(body), ...content]) hmac.update(part);
  return hmac.digest().subarray(0, LENGTH);
}

function framed(bytes: Uint8Array): [Uint8Array, Uint8Array] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}
