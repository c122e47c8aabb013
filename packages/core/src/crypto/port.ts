/** A public RSA key, held by whichever backing made it. */
export interface PublicKey {
  readonly kind: "public";
  /** Length of the modulus. */
  readonly bits: number;
}

/** A private RSA key, held by whichever backing made it. */
export interface PrivateKey {
  readonly kind: "private";
  /** Length of the modulus. */
  readonly bits: number;
}

export interface ReadCertificate {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Empty where the subject has none. */
  readonly commonName: string;
  /** The key's algorithm in lower case; `publicKey` is null where it is not `rsa`. */
  readonly algorithm: string;
  readonly publicKey: PublicKey | null;
}

/** A private key, or the name of an algorithm that is not RSA. */
export type ReadPrivateKey = { readonly key: PrivateKey } | { readonly algorithm: string };

/**
 * The cryptography that sealing needs, and no more. Two modules back it: `node.ts` over `node:crypto` (Node and Bun) and `web.ts`
 * over WebCrypto (browsers); the package's `#crypto` import picks one. The same vectors run through both.
 */
export interface Cryptography {
  randomBytes(length: number): Uint8Array;
  sha256(bytes: Uint8Array): Promise<Uint8Array>;

  /** Reads one DER certificate; null where it is none. */
  readCertificate(der: Uint8Array): Promise<ReadCertificate | null>;
  /** Reads an unencrypted DER private key, PKCS#1 or PKCS#8; null where it is neither. */
  readPrivateKey(der: Uint8Array, format: "pkcs1" | "pkcs8"): Promise<ReadPrivateKey | null>;
  publicKeyOf(key: PrivateKey): PublicKey;
  /** Modulus and exponent, big-endian, without leading zeros. */
  rsaNumbers(key: PublicKey): Promise<{ readonly modulus: Uint8Array; readonly exponent: Uint8Array }>;

  /** RSA-OAEP, SHA-256 for both hash and MGF1. */
  encryptOaep(key: PublicKey, message: Uint8Array, label: Uint8Array): Promise<Uint8Array>;
  /** Null where key, label or bytes are wrong: there is one way to fail. */
  decryptOaep(key: PrivateKey, ciphertext: Uint8Array, label: Uint8Array): Promise<Uint8Array | null>;
  /** AES-256-GCM with a nonce of twelve zero bytes, tag appended. Safe only with a key that encrypts one message. */
  encryptGcm(key: Uint8Array, message: Uint8Array): Promise<Uint8Array>;
  /** Null where key or bytes are wrong. */
  decryptGcm(key: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array | null>;

  /** A new RSA key with exponent 65537: its PKCS#1 DER. */
  generateRsaKey(bits: number): Promise<Uint8Array>;
  /** 32 bytes of HKDF-SHA256 over the key's PKCS#8 DER, without a salt. */
  deriveKey(key: PrivateKey, info: Uint8Array): Promise<Uint8Array>;
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  signSha256(key: PrivateKey, bytes: Uint8Array): Promise<Uint8Array>;
}

/** What undoes RSA-OAEP: a backing itself, or threads that do it elsewhere. */
export type OaepDecryption = Pick<Cryptography, "decryptOaep">;

/** Bytes of what `deriveKey` makes. */
export const DERIVED_KEY_LENGTH = 32;

/** Bytes of the GCM tag. */
export const GCM_TAG_LENGTH = 16;
