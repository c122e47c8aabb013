/**
 * One sealed value of `bitnami.com/v1alpha1`, byte by byte (Go: `pkg/crypto/crypto.go`, `HybridEncrypt`):
 *
 *     uint16, big-endian   n, the length of the RSA ciphertext: that of the modulus
 *     n bytes              RSA-OAEP (SHA-256 for hash and MGF1, the label of the scope) of a fresh session key of 32 bytes
 *     the rest             AES-256-GCM of the value: a nonce of twelve zero bytes, no additional data, the tag of 16 bytes appended
 *
 * The zero nonce is safe only because a session key encrypts exactly one value. Vectors: test/vectors.
 */
import { cryptography } from "#crypto";
import { concat, uint16 } from "./bytes.ts";
import { GCM_TAG_LENGTH, type OaepDecryption, type PrivateKey, type PublicKey } from "./crypto/port.ts";

const SESSION_KEY_LENGTH = 32;
const LENGTH_PREFIX = 2;

/** A sealed value taken apart; nothing of it is decrypted. */
export interface HybridParts {
  /** The encapsulated session key; its length is that of the key it was sealed to. */
  readonly encapsulated: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** Seals one value. */
export async function encryptHybrid(key: PublicKey, value: Uint8Array, label: Uint8Array): Promise<Uint8Array> {
  const sessionKey = cryptography.randomBytes(SESSION_KEY_LENGTH);
  try {
    const encapsulated = await cryptography.encryptOaep(key, sessionKey, label);
    const encrypted = await cryptography.encryptGcm(sessionKey, value);
    return concat(uint16(encapsulated.length), encapsulated, encrypted);
  } finally {
    sessionKey.fill(0);
  }
}

/** Takes a sealed value apart, or null where it is too short to be one. */
export function splitHybrid(bytes: Uint8Array): HybridParts | null {
  const [high, low] = bytes;
  if (high === undefined || low === undefined) return null;
  const end = LENGTH_PREFIX + ((high << 8) | low);
  if (bytes.length < end + GCM_TAG_LENGTH) return null;
  return { encapsulated: bytes.subarray(LENGTH_PREFIX, end), encrypted: bytes.subarray(end) };
}

/** How many bytes the value has: a ciphertext does not hide it. */
export function plainLength({ encrypted }: HybridParts): number {
  return encrypted.length - GCM_TAG_LENGTH;
}

/** Whether that key could have been sealed to, by length alone. */
export function fitsKey({ encapsulated }: HybridParts, key: PrivateKey): boolean {
  return encapsulated.length === Math.ceil(key.bits / 8);
}

/** Opens one value; null where key, label or bytes are wrong, and nothing says which. */
export const decryptHybrid = hybridDecryptionBy(cryptography);

/** `decryptHybrid`, with the session keys decrypted elsewhere. */
export function hybridDecryptionBy(decryption: OaepDecryption) {
  return async (parts: HybridParts, key: PrivateKey, label: Uint8Array): Promise<Uint8Array | null> => {
    const sessionKey = await decryption.decryptOaep(key, parts.encapsulated, label);
    if (sessionKey === null) return null;
    try {
      return await openValue(sessionKey, parts);
    } finally {
      sessionKey.fill(0);
    }
  };
}

/**
 * What a key and a label make of a value, for whoever holds the key: `altered` where the session key opens and the value does
 * not, so that somebody changed it after it was sealed to exactly these. Nothing of the value is kept.
 */
export async function probeHybrid(
  parts: HybridParts,
  key: PrivateKey,
  label: Uint8Array,
): Promise<"opens" | "altered" | "closed"> {
  const sessionKey = await cryptography.decryptOaep(key, parts.encapsulated, label);
  if (sessionKey === null) return "closed";
  try {
    const value = await openValue(sessionKey, parts);
    value?.fill(0);
    return value === null ? "altered" : "opens";
  } finally {
    sessionKey.fill(0);
  }
}

/** Null where the session key is none of ours, or is not the value's. */
async function openValue(sessionKey: Uint8Array, { encrypted }: HybridParts): Promise<Uint8Array | null> {
  return sessionKey.length === SESSION_KEY_LENGTH ? cryptography.decryptGcm(sessionKey, encrypted) : null;
}
