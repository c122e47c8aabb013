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

/** Bytes of the length before each field. */
const LENGTH = 8;
/** A character of a string takes no more bytes. */
const WIDEST = 3;

/**
 * HMAC-SHA-256 over the fields, each behind its length, so that no two items have the same bytes. It binds the value to the exact
 * ciphertext: a ciphertext that somebody has exchanged in Git is no longer one that is known. Base64, without padding.
 *
 * @param key a `KeyObject`: of bytes, Node finds out by exceptions that they are none, which takes longer than the HMAC
 */
export function digestOf(key: KeyObject, entry: SealedItem): string {
  const { value, fingerprint, scope, namespace, name, item, ciphertext } = entry;
  const before = framed([DOMAIN, fingerprint, scope, namespace, name, item, ciphertext], value.length);
  return createHmac("sha256", key).update(before).update(value).digest("base64url");
}

/** Texts behind their lengths, and the length of what follows them. */
function framed(texts: readonly string[], next: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + LENGTH + WIDEST * text.length, LENGTH));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + LENGTH);
    writeLength(view, at, length);
    at += LENGTH + length;
  }
  writeLength(view, at, next);
  return bytes.subarray(0, at + LENGTH);
}

/** Big-endian. The upper half is 0: nothing in memory is as long. */
function writeLength(view: DataView, at: number, length: number): void {
  view.setUint32(at, 0);
  view.setUint32(at + LENGTH / 2, length);
}
