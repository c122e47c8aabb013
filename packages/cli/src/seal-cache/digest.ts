import { createHmac, type KeyObject } from "node:crypto";
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

const ASCII = /^[\0-\x7f]*$/;

/**
 * HMAC-SHA-256 over the fields, each behind its length, so that no two items have the same bytes. It binds the value to the exact
 * ciphertext: a ciphertext that somebody has exchanged in Git is no longer one that is known. Base64, without padding.
 *
 * @param key a `KeyObject`: of bytes, Node finds out by exceptions that they are none, which takes longer than the HMAC
 */
export function digestOf(key: KeyObject, entry: SealedItem): string {
  const { value, fingerprint, scope, namespace, name, item, ciphertext } = entry;
  const texts = [DOMAIN, fingerprint, scope, namespace, name, item, ciphertext].map(bytesOf);
  const before = texts.map((text) => lengthOf(text) + text).join("") + lengthOf(value);
  return createHmac("sha256", key).update(before, "latin1").update(value).digest("base64url");
}

/** A text's bytes in UTF-8, each as a character: what is ASCII is that already, and strings are put together sooner than buffers. */
function bytesOf(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** In eight bytes, big-endian. The upper half is 0: nothing in memory is as long. */
function lengthOf({ length }: string | Uint8Array): string {
  return `\0\0\0\0${String.fromCharCode(length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff)}`;
}
