import { cryptography } from "#crypto";
import { utf8 } from "./bytes.ts";
import type { PrivateKey } from "./crypto/port.ts";

/**
 * A symmetric key of 32 bytes that follows from a private key and a purpose: HKDF-SHA256 (RFC 5869) of the key's PKCS#8 DER, without a
 * salt, the purpose as info. Nobody makes it without the private key, and it tells nothing of that, nor of what it makes for another purpose.
 *
 * @param purpose who uses it for what, and in which version: `example.com/cookies 1`
 */
export function deriveKey(key: PrivateKey, purpose: string): Promise<Uint8Array> {
  return cryptography.deriveKey(key, utf8(purpose));
}
