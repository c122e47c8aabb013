import { cryptography } from "#crypto";
import { type Certificate, fingerprintOf, readCertificates } from "./certificate.ts";
import type { PrivateKey } from "./crypto/port.ts";
import { type Problem, SealwrightError } from "./errors.ts";
import { type Fields, optionalFields } from "./fields.ts";
import { assertBounded } from "./limits.ts";
import { type PemBlock, readPem, writePem } from "./pem.ts";
import { readPrivateKey, type UnsealingKey } from "./sealing-key.ts";
import { readSecret, type Secret } from "./secret.ts";

/** Where keys come from: the text of a PEM file, or a parsed manifest: a key's Secret, or a List of them, as a backup has it. */
export type KeySource = { readonly pem: string } | { readonly document: unknown };

/** What is the later of two keys: the certificate's notBefore, or the creation of the Secret (Go: `--key-order-priority`). */
export type KeyOrder = "CertNotBefore" | "SecretCreationTimestamp";

/** Every private key of some sources, with whatever else was found or could not be read. */
export interface KeyMaterial {
  /** In the order of the sources; a `KeyRing` sorts them. */
  readonly keys: readonly UnsealingKey[];
  /** Certificates whose private key is nowhere in the sources. */
  readonly certificates: readonly Certificate[];
  readonly unreadable: readonly UnreadableKey[];
}

/** A key, or a whole source of keys, that could not be read, and why. */
export interface UnreadableKey {
  /** Which source it is in, from 0. */
  readonly source: number;
  /** The name of the Secret; null where it is none. */
  readonly name: string | null;
  readonly problem: Problem;
}

/** The label of a key's Secret. */
export const KEY_LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
const ACTIVE = "active";
/** A key of which nothing tells the age is tried last. */
const AGELESS = new Date(0);

/**
 * Reads private keys from any mix of PEM files, key Secrets, Lists of them and backups. What cannot be read is reported and never
 * stops the rest. A Secret whose label has another value than `active` holds a retired key; one without the label, and a bare
 * PEM, does not.
 */
export async function readKeyMaterial(
  sources: Iterable<KeySource>,
  order: KeyOrder = "CertNotBefore",
): Promise<KeyMaterial> {
  const parcels: Parcel[] = [];
  const unreadable: UnreadableKey[] = [];
  const attempt = async <T>(source: number, name: string | null, read: () => T | Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SealwrightError)) throw error;
      unreadable.push({ source, name, problem: error.problem });
      return null;
    }
  };
  for (const [source, given] of [...sources].entries()) {
    for (const { name, open } of (await attempt(source, null, () => parcelsOf(given, order))) ?? []) {
      const parcel = await attempt(source, name, open);
      if (parcel !== null) parcels.push(parcel);
    }
  }
  const found = parcels.flatMap(({ certificates }) => certificates);
  const keys = parcels.flatMap((parcel) => parcel.keys.map((key) => withCertificate(key, parcel, found)));
  const known = new Set(keys.map(({ fingerprint }) => fingerprint));
  return { keys, certificates: found.filter(({ fingerprint }) => !known.has(fingerprint)), unreadable };
}

/** What stood together: in one file or one Secret. */
interface Parcel {
  readonly keys: readonly { readonly privateKey: PrivateKey; readonly fingerprint: string }[];
  readonly certificates: readonly Certificate[];
  readonly retired: boolean;
  readonly orderedBy: Date | null;
}

interface ClosedParcel {
  readonly name: string | null;
  readonly open: () => Promise<Parcel>;
}

function parcelsOf(source: KeySource, order: KeyOrder): readonly ClosedParcel[] {
  if ("pem" in source) return [{ name: null, open: () => openPem(source.pem) }];
  assertBounded(source.document);
  return documentsIn(source.document).map((document) => {
    return { name: nameOf(document), open: () => openSecret(document, order) };
  });
}

/** The objects of a List, and of Lists in it, in order; anything else is itself. */
function documentsIn(document: unknown): readonly unknown[] {
  const { kind, items } = (document ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  if (!Array.isArray(items) || typeof kind !== "string" || !kind.endsWith("List")) return [document];
  // The API server leaves kind and apiVersion out of the items of a SecretList.
  const whole = kind === "SecretList" ? items.map((item) => ({ apiVersion: "v1", kind: "Secret", ...item })) : items;
  return whole.flatMap((item) => documentsIn(item));
}

async function openPem(text: string): Promise<Parcel> {
  const blocks = readPem(text);
  if (blocks.length === 0) throw new SealwrightError({ code: "private_key_unreadable" });
  const privateKeys = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const certificates = privateKeys.length === 0 ? await readCertificates(text) : await readableCertificates(text);
  return { keys: await Promise.all(privateKeys.map(readBlock)), certificates, retired: false, orderedBy: null };
}

async function readBlock(block: PemBlock) {
  if (block.encrypted) throw new SealwrightError({ code: "private_key_unreadable" });
  const privateKey = await readPrivateKey(writePem(block.label, block.der));
  return { privateKey, fingerprint: await fingerprintOf(cryptography.publicKeyOf(privateKey)) };
}

async function openSecret(document: unknown, order: KeyOrder): Promise<Parcel> {
  const secret = readSecret(document);
  const key = textOf(secret, "tls.key");
  if (key === null) throw new SealwrightError({ code: "private_key_missing" });
  const { keys } = await openPem(key);
  const certificates = await readableCertificates(textOf(secret, "tls.crt") ?? "");
  const orderedBy = order === "SecretCreationTimestamp" ? createdAt(document) : null;
  const label = secret.metadata.labels?.[KEY_LABEL] ?? ACTIVE;
  return { keys, certificates, retired: label !== ACTIVE, orderedBy };
}

/** A certificate that cannot be read is no reason to lose the key beside it. */
async function readableCertificates(text: string): Promise<readonly Certificate[]> {
  try {
    return await readCertificates(text);
  } catch (error) {
    if (error instanceof SealwrightError) return [];
    throw error;
  }
}

function withCertificate(key: Parcel["keys"][number], parcel: Parcel, found: readonly Certificate[]): UnsealingKey {
  const isOfKey = ({ fingerprint }: Certificate) => fingerprint === key.fingerprint;
  const certificate = parcel.certificates.find(isOfKey) ?? found.find(isOfKey) ?? null;
  const orderedBy = parcel.orderedBy ?? certificate?.notBefore ?? AGELESS;
  return { ...key, certificate, orderedBy, retired: parcel.retired };
}

function textOf({ data }: Secret, item: string): string | null {
  const bytes = data.get(item);
  return bytes === undefined || bytes.length === 0 ? null : new TextDecoder().decode(bytes);
}

function nameOf(document: unknown): string | null {
  const name = metadataOf(document)["name"];
  return typeof name === "string" ? name : null;
}

function createdAt(document: unknown): Date | null {
  const created = new Date(String(metadataOf(document)["creationTimestamp"]));
  return Number.isNaN(created.getTime()) ? null : created;
}

function metadataOf(document: unknown): Fields {
  const metadata = typeof document === "object" ? (document as Fields | null)?.["metadata"] : null;
  return typeof metadata === "object" && !Array.isArray(metadata) ? (optionalFields(metadata, "metadata") ?? {}) : {};
}
