import { cryptography } from "#crypto";
import { concat, encodeBase64, uint32, utf8 } from "./bytes.ts";
import type { PrivateKey, PublicKey } from "./crypto/port.ts";
import { SealwrightError } from "./errors.ts";
import { type PemBlock, readPem, writePem } from "./pem.ts";

/** What a person seals with: the certificate of a sealing key. */
export interface Certificate {
  /** This one certificate, without whatever else stood in its file. */
  readonly pem: string;
  /** RSA, of 2048 bits or more. */
  readonly publicKey: PublicKey;
  /** `SHA256:...`, the OpenSSH fingerprint of the public key. */
  readonly fingerprint: string;
  /** Empty where the subject has none. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const MINIMUM_BITS = 2048;

/**
 * Reads the first certificate of a PEM text. It may be out of date: see `assertValidAt`.
 *
 * @throws SealwrightError `certificate_unreadable`, `certificate_not_rsa`, `certificate_weak`
 */
export async function readCertificate(pem: string): Promise<Certificate> {
  return readBlock(certificateBlocks(pem)[0]);
}

/**
 * Reads every certificate of a PEM text, in order: there is at least one.
 *
 * @throws SealwrightError as `readCertificate`, of whichever is the first that cannot be used
 */
export async function readCertificates(pem: string): Promise<readonly Certificate[]> {
  const [first, ...others] = certificateBlocks(pem);
  const certificates = [await readBlock(first)];
  for (const block of others) certificates.push(await readBlock(block));
  return certificates;
}

function certificateBlocks(pem: string): readonly PemBlock[] {
  return readPem(pem).filter(({ label }) => label === "CERTIFICATE");
}

async function readBlock(block: PemBlock | undefined): Promise<Certificate> {
  const read = block === undefined ? null : await cryptography.readCertificate(block.der);
  if (block === undefined || read === null) throw new SealwrightError({ code: "certificate_unreadable" });
  const { publicKey, notBefore, notAfter, commonName } = read;
  if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) {
    throw new SealwrightError({ code: "certificate_unreadable" });
  }
  if (publicKey === null) throw new SealwrightError({ code: "certificate_not_rsa", found: read.algorithm });
  if (publicKey.bits < MINIMUM_BITS) throw new SealwrightError({ code: "certificate_weak", bits: publicKey.bits });
  return {
    pem: writePem("CERTIFICATE", block.der),
    publicKey,
    fingerprint: await fingerprintOf(publicKey),
    commonName,
    notBefore,
    notAfter,
  };
}

/** A controller makes its certificate valid from the very moment on, and clocks differ. Milliseconds. */
const CLOCK_SKEW = 3_600_000;

/**
 * Holds a certificate to its dates: core has no clock of its own.
 *
 * @throws SealwrightError `certificate_expired`, `certificate_not_yet_valid` (an hour is forgiven)
 */
export function assertValidAt(certificate: Certificate, now: Date): void {
  const { notBefore, notAfter } = certificate;
  if (now > notAfter) throw new SealwrightError({ code: "certificate_expired", notAfter });
  if (now.getTime() < notBefore.getTime() - CLOCK_SKEW)
    throw new SealwrightError({ code: "certificate_not_yet_valid", notBefore });
}

/** `SHA256:` and the unpadded base64 of the SHA-256 of the key's `ssh-rsa` encoding (RFC 4253, 6.6). */
export async function fingerprintOf(key: PublicKey): Promise<string> {
  const { modulus, exponent } = await cryptography.rsaNumbers(key);
  const encoding = concat(sshString(utf8("ssh-rsa")), sshInteger(exponent), sshInteger(modulus));
  return `SHA256:${encodeBase64(await cryptography.sha256(encoding)).replace(/=+$/, "")}`;
}

export interface CertificateRequest {
  readonly key: PrivateKey;
  /** May be empty. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * A self-signed certificate as the Go controller makes it: X.509 v3, a CA, key usage encipherOnly, a random serial number of 128
 * bits, signed with SHA-256. Loads node-forge.
 *
 * @returns its PEM
 */
export async function createCertificate({ key, commonName, notBefore, notAfter }: CertificateRequest): Promise<string> {
  const { default: forge } = await import("node-forge");
  const { modulus, exponent } = await cryptography.rsaNumbers(cryptography.publicKeyOf(key));
  const valueTagClass = forge.asn1.Type.UTF8 as unknown as import("node-forge").asn1.Class;
  const name = commonName === "" ? [] : [{ name: "commonName", value: commonName, valueTagClass }];
  const draft = forge.pki.createCertificate();
  draft.publicKey = forge.pki.setRsaPublicKey(bigInteger(forge, modulus), bigInteger(forge, exponent));
  draft.serialNumber = hex(positive(cryptography.randomBytes(16)));
  draft.validity.notBefore = notBefore;
  draft.validity.notAfter = notAfter;
  draft.setSubject(name);
  draft.setIssuer(name);
  draft.setExtensions([
    { name: "keyUsage", encipherOnly: true, critical: true },
    { name: "basicConstraints", cA: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  return writePem("CERTIFICATE", await signed(forge, draft, key));
}

type Forge = typeof import("node-forge");

/** forge would sign in JavaScript, which takes seconds with 4096 bits; the backing does it in milliseconds. */
async function signed(forge: Forge, draft: import("node-forge").pki.Certificate, key: PrivateKey): Promise<Uint8Array> {
  const sha256WithRsa = forge.pki.oids["sha256WithRSAEncryption"] ?? "";
  draft.signatureOid = sha256WithRsa;
  draft.siginfo.algorithmOid = sha256WithRsa;
  const [toBeSigned] = forge.pki.certificateToAsn1(draft).value;
  const body = forge.asn1.toDer(toBeSigned as import("node-forge").asn1.Asn1);
  draft.signature = binaryOf(await cryptography.signSha256(key, bytesOf(body.getBytes())));
  return bytesOf(forge.asn1.toDer(forge.pki.certificateToAsn1(draft)).getBytes());
}

function bigInteger(forge: Forge, bytes: Uint8Array) {
  return new forge.jsbn.BigInteger(hex(bytes), 16);
}

/** The same bytes as a positive DER integer: the sign bit cleared and never all zero. */
function positive(serial: Uint8Array): Uint8Array {
  const [first = 0, ...rest] = serial;
  return Uint8Array.of((first & 0x7f) | 0x01, ...rest);
}

function sshString(bytes: Uint8Array): Uint8Array {
  return concat(uint32(bytes.length), bytes);
}

/** An mpint (RFC 4251, 5): a leading zero where the first bit is set. */
function sshInteger(bytes: Uint8Array): Uint8Array {
  return sshString((bytes[0] ?? 0) & 0x80 ? concat(Uint8Array.of(0), bytes) : bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(binary: string): Uint8Array {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function binaryOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
