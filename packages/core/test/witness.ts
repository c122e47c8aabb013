/**
 * What these tests ask of others than core: OpenSSL (BoringSSL under Bun), node-forge and esbuild. Its functions take and return what JSON
 * can carry, but for `shown`: in a browser, test/runtimes has Node answer in their place.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { Authority, type Subject } from "../../../test/cluster/pki.ts";

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  readonly selfSigned: boolean;
  readonly serialNumber: string;
  /** Any form that `Date` reads. */
  readonly validTo: string;
  /** PEM, SPKI. */
  readonly publicKey: string;
  /** Hexadecimal. */
  readonly der: string;
}

export async function certificateFacts(pem: string): Promise<CertificateFacts> {
  const certificate = new X509Certificate(pem);
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    selfSigned: certificate.verify(certificate.publicKey),
    serialNumber: certificate.serialNumber,
    validTo: certificate.validTo,
    publicKey: certificate.publicKey.export({ type: "spki", format: "pem" }).toString(),
    der: certificate.raw.toString("hex"),
  };
}

export interface PrivateKeyFacts {
  readonly modulusLength: number;
  readonly publicExponent: string;
  /** PEM, SPKI. */
  readonly publicKey: string;
  /** What nobody may see of it, base64url: d, p, q, dp, dq, qi. */
  readonly secretNumbers: readonly string[];
}

/** Of an RSA key, PEM. */
export async function privateKeyFacts(pem: string): Promise<PrivateKeyFacts> {
  const key = createPrivateKey(pem);
  const { d, p, q, dp, dq, qi } = key.export({ format: "jwk" });
  return {
    modulusLength: key.asymmetricKeyDetails?.modulusLength ?? 0,
    publicExponent: String(key.asymmetricKeyDetails?.publicExponent),
    publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
    secretNumbers: [d, p, q, dp, dq, qi].filter((number) => number !== undefined),
  };
}

/** The same key in another PEM; encrypted where there is a passphrase. */
export async function rewritePrivateKey(pem: string, type: "pkcs1" | "pkcs8", passphrase?: string): Promise<string> {
  const encryption = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return createPrivateKey(pem)
    .export({ type, format: "pem", ...encryption })
    .toString();
}

/** New private keys that are not RSA, each PEM that they are written in. */
export async function keysOfOtherKinds(): Promise<readonly { readonly pem: string; readonly algorithm: string }[]> {
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const ed25519 = generateKeyPairSync("ed25519").privateKey;
  return [
    { pem: ec.export({ type: "sec1", format: "pem" }).toString(), algorithm: "ec" },
    { pem: ec.export({ type: "pkcs8", format: "pem" }).toString(), algorithm: "ec" },
    { pem: ed25519.export({ type: "pkcs8", format: "pem" }).toString(), algorithm: "ed25519" },
  ];
}

/** A certificate with another issuer than subject, PEM. */
export async function issueCertificate(subject: Subject): Promise<string> {
  const authority = await Authority.create();
  return (await authority.issue(subject)).certificate;
}

/** The program of the template engine's worker, as text, for the runtime that asks. */
export async function bundledWorker(platform: "node" | "browser" = "node"): Promise<string> {
  const { build } = await import("esbuild");
  const worker = platform === "node" ? "worker-node.ts" : "worker-web.ts";
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/template/${worker}`, import.meta.url))],
    bundle: true,
    minify: true,
    platform,
    format: "esm",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** All that printing a value shows, hidden properties too. */
export function shown(value: unknown): string {
  return inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true });
}
