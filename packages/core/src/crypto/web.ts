import type Forge from "node-forge";
import { type Cryptography, DERIVED_KEY_LENGTH, GCM_TAG_LENGTH, type PrivateKey, type PublicKey } from "./port.ts";

interface WebPublicKey extends PublicKey {
  readonly encrypt: CryptoKey;
}

interface WebPrivateKey extends PrivateKey {
  readonly decrypt: CryptoKey;
  readonly sign: CryptoKey;
  readonly derive: CryptoKey;
  readonly publicKey: WebPublicKey;
}

type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };
const SIGNATURE = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";
const COMMON_NAME = "2.5.4.3";

/** Backs the port with WebCrypto, for browsers. X.509 and PKCS#1, which WebCrypto cannot read, are node-forge's. */
export const cryptography: Cryptography = {
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),

  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", own(bytes))),

  async readCertificate(der) {
    const forge = await loadForge();
    return attempt(async () => {
      const parts = certificateParts(forge, der);
      return {
        notBefore: parts.notBefore,
        notAfter: parts.notAfter,
        commonName: parts.commonName,
        algorithm: parts.algorithm,
        publicKey: parts.algorithm === "rsa" ? await publicKey(parts.publicKeyInfo) : null,
      };
    });
  },

  async readPrivateKey(der, format) {
    const forge = await loadForge();
    return attempt(async () => {
      const asn1 = forge.asn1.fromDer(binary(der));
      const algorithm = format === "pkcs1" ? "rsa" : algorithmOf(forge, asn1, 1);
      if (algorithm !== "rsa") return { algorithm };
      return { key: await privateKey(forge, asn1) };
    });
  },

  publicKeyOf: (key) => (key as WebPrivateKey).publicKey,

  async rsaNumbers(key) {
    const { n = "", e = "" } = await crypto.subtle.exportKey("jwk", (key as WebPublicKey).encrypt);
    return { modulus: fromBase64Url(n), exponent: fromBase64Url(e) };
  },

  async encryptOaep(key, message, label) {
    const algorithm = { name: "RSA-OAEP", label: own(label) };
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, (key as WebPublicKey).encrypt, own(message)));
  },

  async decryptOaep(key, ciphertext, label) {
    // Chromium decrypts on the page's own thread: whoever else waits for it gets his turn in between.
    await nextTask();
    const algorithm = { name: "RSA-OAEP", label: own(label) };
    return attempt(
      async () =>
        new Uint8Array(await crypto.subtle.decrypt(algorithm, (key as WebPrivateKey).decrypt, own(ciphertext))),
    );
  },

  async encryptGcm(key, message) {
    const imported = await crypto.subtle.importKey("raw", own(key), "AES-GCM", false, ["encrypt"]);
    return new Uint8Array(await crypto.subtle.encrypt(gcm(), imported, own(message)));
  },

  decryptGcm(key, ciphertext) {
    return attempt(async () => {
      const imported = await crypto.subtle.importKey("raw", own(key), "AES-GCM", false, ["decrypt"]);
      return new Uint8Array(await crypto.subtle.decrypt(gcm(), imported, own(ciphertext)));
    });
  },

  async generateRsaKey(bits) {
    const algorithm = { ...OAEP, modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) };
    const pair = await crypto.subtle.generateKey(algorithm, true, ["encrypt", "decrypt"]);
    const forge = await loadForge();
    const pkcs8 = forge.asn1.fromDer(binary(new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))));
    return bytes(forge.asn1.toDer(forge.pki.privateKeyToAsn1(forge.pki.privateKeyFromAsn1(pkcs8))));
  },

  async deriveKey(key, info) {
    const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: own(info) };
    const bits = await crypto.subtle.deriveBits(algorithm, (key as WebPrivateKey).derive, 8 * DERIVED_KEY_LENGTH);
    return new Uint8Array(bits);
  },

  async signSha256(key, message) {
    return new Uint8Array(await crypto.subtle.sign(SIGNATURE.name, (key as WebPrivateKey).sign, own(message)));
  },
};

async function publicKey(spki: Uint8Array): Promise<WebPublicKey> {
  const encrypt = await crypto.subtle.importKey("spki", own(spki), OAEP, true, ["encrypt"]);
  return { kind: "public", bits: modulusLength(encrypt), encrypt };
}

async function privateKey(forge: typeof Forge, asn1: Forge.asn1.Asn1): Promise<WebPrivateKey> {
  const key = forge.pki.privateKeyFromAsn1(asn1);
  const pkcs8 = bytes(forge.asn1.toDer(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key))));
  const spki = bytes(forge.asn1.toDer(forge.pki.publicKeyToAsn1(forge.pki.setRsaPublicKey(key.n, key.e))));
  const [decrypt, sign, derive, matching] = await Promise.all([
    crypto.subtle.importKey("pkcs8", own(pkcs8), OAEP, false, ["decrypt"]),
    crypto.subtle.importKey("pkcs8", own(pkcs8), SIGNATURE, false, ["sign"]),
    crypto.subtle.importKey("raw", own(pkcs8), "HKDF", false, ["deriveBits"]),
    publicKey(spki),
  ]);
  return { kind: "private", bits: matching.bits, decrypt, sign, derive, publicKey: matching };
}

/** Reads the fields by their place in the ASN.1 (RFC 5280, 4.1): forge's own reader takes RSA certificates only. */
function certificateParts(forge: typeof Forge, der: Uint8Array) {
  const tbs = child(forge.asn1.fromDer(binary(der)), 0);
  const first = child(tbs, 0).tagClass === forge.asn1.Class.CONTEXT_SPECIFIC ? 1 : 0;
  const validity = child(tbs, first + 3);
  const publicKeyInfo = child(tbs, first + 5);
  return {
    notBefore: readTime(forge, child(validity, 0)),
    notAfter: readTime(forge, child(validity, 1)),
    commonName: commonNameOf(forge, child(tbs, first + 4)),
    algorithm: algorithmOf(forge, publicKeyInfo, 0),
    publicKeyInfo: bytes(forge.asn1.toDer(publicKeyInfo)),
  };
}

function commonNameOf(forge: typeof Forge, subject: Forge.asn1.Asn1): string {
  const attributes = children(subject).flatMap(children);
  const found = attributes.find(
    (attribute) => forge.asn1.derToOid(child(attribute, 0).value as string) === COMMON_NAME,
  );
  if (found === undefined) return "";
  const text = child(found, 1).value as string;
  return child(found, 1).type === forge.asn1.Type.UTF8 ? forge.util.decodeUtf8(text) : text;
}

function algorithmOf(forge: typeof Forge, asn1: Forge.asn1.Asn1, index: number): string {
  const oid = forge.asn1.derToOid(child(child(asn1, index), 0).value as string);
  if (oid === RSA_ENCRYPTION) return "rsa";
  if (oid === EC_PUBLIC_KEY) return "ec";
  return oid === ED25519 ? "ed25519" : oid;
}

function children(asn1: Forge.asn1.Asn1): Forge.asn1.Asn1[] {
  return Array.isArray(asn1.value) ? asn1.value : [];
}

function child(asn1: Forge.asn1.Asn1, index: number): Forge.asn1.Asn1 {
  const found = children(asn1)[index];
  if (found === undefined) throw new RangeError("the ASN.1 ends early");
  return found;
}

function readTime(forge: typeof Forge, asn1: Forge.asn1.Asn1): Date {
  const text = asn1.value as string;
  return asn1.type === forge.asn1.Type.UTCTIME
    ? forge.asn1.utcTimeToDate(text)
    : forge.asn1.generalizedTimeToDate(text);
}

/** Loaded at the first certificate or private key: a page that only encrypts to a known key never pays for it. */
async function loadForge(): Promise<typeof Forge> {
  return (await import("node-forge")).default;
}

/** A timer would wait for 4 ms, and `setImmediate` is Node's own. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}

function gcm() {
  return { name: "AES-GCM", iv: new Uint8Array(12), tagLength: 8 * GCM_TAG_LENGTH };
}

function modulusLength(key: CryptoKey): number {
  return (key.algorithm as unknown as { modulusLength: number }).modulusLength;
}

/** WebCrypto takes no view on memory that may be shared. */
function own(view: Uint8Array): Uint8Array<ArrayBuffer> {
  return view.buffer instanceof ArrayBuffer ? (view as Uint8Array<ArrayBuffer>) : new Uint8Array(view);
}

function binary(view: Uint8Array): string {
  let text = "";
  for (const byte of view) text += String.fromCharCode(byte);
  return text;
}

function bytes(buffer: Forge.util.ByteStringBuffer): Uint8Array {
  return Uint8Array.from(buffer.getBytes(), (character) => character.charCodeAt(0));
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

/** WebCrypto's errors say nothing that a caller may show, so they become null. */
async function attempt<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch {
    return null;
  }
}
