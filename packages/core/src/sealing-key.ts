import { cryptography } from "#crypto";
import { type Certificate, createCertificate, fingerprintOf, readCertificate } from "./certificate.ts";
import type { PrivateKey } from "./crypto/port.ts";
import { SealwrightError } from "./errors.ts";
import { readPem, writePem } from "./pem.ts";

/** A private key that unseals. */
export interface UnsealingKey {
  /** `SHA256:...`, the OpenSSH fingerprint of the public key. */
  readonly fingerprint: string;
  readonly privateKey: PrivateKey;
  /** Null where only the private key was kept. */
  readonly certificate: Certificate | null;
  /** Puts keys in order: the certificate's notBefore unless whoever loaded it says otherwise. */
  readonly orderedBy: Date;
  /**
   * Whether it was taken out of use, as after a leak: nothing is sealed to it any more, and what it opens should be sealed anew.
   */
  readonly retired: boolean;
}

/** A private key with the certificate that seals for it. */
export interface SealingKey extends UnsealingKey {
  readonly certificate: Certificate;
}

/** The two PEM texts of a sealing key, as its Secret holds them. */
export interface SealingKeyPem {
  /** PKCS#1 or PKCS#8; we write PKCS#1, as the Go controller does. Secret. */
  readonly privateKey: string;
  readonly certificate: string;
}

/** What a new sealing key is to be. */
export interface NewSealingKey {
  /** 2048 to 8192, in steps of 8. */
  readonly bits: number;
  /** Of its certificate; may be empty. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Makes a key and its self-signed certificate; 4096 bits take about a second.
 *
 * @throws SealwrightError `key_size`
 */
export async function createSealingKey(wanted: NewSealingKey): Promise<SealingKeyPem> {
  const { bits, ...validity } = wanted;
  if (!Number.isInteger(bits) || bits < 2048 || bits > 8192 || bits % 8 !== 0) {
    throw new SealwrightError({ code: "key_size", bits });
  }
  const privateKey = writePem("RSA PRIVATE KEY", await cryptography.generateRsaKey(bits));
  const certificate = await createCertificate({ key: await readPrivateKey(privateKey), ...validity });
  return { privateKey, certificate };
}

/**
 * Reads a key and its certificate.
 *
 * @param orderedBy its place in time; the certificate's notBefore where absent
 * @throws SealwrightError the codes of `readPrivateKey` and `readCertificate`, and `private_key_mismatch`
 */
export async function readSealingKey(pem: SealingKeyPem, orderedBy?: Date): Promise<SealingKey> {
  const [privateKey, certificate] = await Promise.all([
    readPrivateKey(pem.privateKey),
    readCertificate(pem.certificate),
  ]);
  const fingerprint = await fingerprintOf(cryptography.publicKeyOf(privateKey));
  if (fingerprint !== certificate.fingerprint) throw new SealwrightError({ code: "private_key_mismatch" });
  return { fingerprint, privateKey, certificate, orderedBy: orderedBy ?? certificate.notBefore, retired: false };
}

/**
 * Reads the first private key of a PEM text: PKCS#1 or PKCS#8, without a passphrase.
 *
 * @throws SealwrightError `private_key_unreadable`, `private_key_not_rsa`
 */
export async function readPrivateKey(pem: string): Promise<PrivateKey> {
  const block = readPem(pem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined || block.encrypted) throw new SealwrightError({ code: "private_key_unreadable" });
  if (block.label === "EC PRIVATE KEY") throw new SealwrightError({ code: "private_key_not_rsa", found: "ec" });
  const format = block.label === "RSA PRIVATE KEY" ? "pkcs1" : "pkcs8";
  const read = await cryptography.readPrivateKey(block.der, format);
  if (read === null) throw new SealwrightError({ code: "private_key_unreadable" });
  if ("algorithm" in read) throw new SealwrightError({ code: "private_key_not_rsa", found: read.algorithm });
  return read.key;
}
