import { createHmac } from "node:crypto";
import type { Scope } from "@sealwright/core";

/** A sealed value of which this machine has seen what is in it. */
export interface SealedItem {
  readonly value: Uint8Array;
  /** Of the certificate that it is sealed to. */
  readonly fingerprint: string;
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly item: string;
  /** As it stands in the SealedSecret: base64. */
  readonly ciphertext: string;
}

/** Names the fields and their order: another meaning gets another name. */
const DOMAIN = "sealwright seal cache 1";

/**
 * HMAC-SHA-256 over the fields, each behind its length, so that no two items have the same bytes. It binds the value to the exact
 * ciphertext: a ciphertext that somebody has exchanged in Git is no longer one that is known. Base64, without padding.
 */
export function digestOf(key: Uint8Array, entry: SealedItem): string {
  const { value, fingerprint, scope, namespace, name, item, ciphertext } = entry;
  const fields = [DOMAIN, fingerprint, scope, namespace, name, item, ciphertext].map((field) => Buffer.from(field));
  const before = fields.flatMap((field) => [lengthOf(field), field]);
  return createHmac("sha256", key)
    .update(Buffer.concat([...before, lengthOf(value)]))
    .update(value)
    .digest("base64url");
}

function lengthOf(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  return length;
}
