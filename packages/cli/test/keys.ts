import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSealingKey, KeyRing, readSealingKey } from "@sealwright/core";
import { createServerCertificate, type ServerCertificate } from "./server-certificate.ts";

/** The certificates that every script finds in its folder, and the key that opens what the good one sealed. */
export interface TestKeys {
  readonly ring: KeyRing;
  readonly privateKey: string;
  /** Of the key of `old-cert.pem`. */
  readonly oldKey: string;
  /** Of another key, which opens nothing. */
  readonly weakKey: string;
  /** Of the API server that speaks TLS. */
  readonly server: ServerCertificate;
  /** PEM by file name. */
  readonly certificates: Readonly<Record<string, string>>;
}

const YEAR = 365 * 24 * 60 * 60 * 1000;

export async function createTestKeys(now = Date.now()): Promise<TestKeys> {
  const valid = { bits: 2048, commonName: "test", notBefore: new Date(now - YEAR), notAfter: new Date(now + YEAR) };
  const [good, old, expired] = await Promise.all([
    createSealingKey(valid),
    createSealingKey({ ...valid, notBefore: new Date(now - 2 * YEAR) }),
    createSealingKey({ ...valid, notBefore: new Date("2019-01-01"), notAfter: new Date("2020-01-01") }),
  ]);
  return {
    ring: new KeyRing([await readSealingKey(good)]),
    privateKey: good.privateKey,
    oldKey: old.privateKey,
    weakKey: generateKeyPairSync("rsa", {
      modulusLength: 1024,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey,
    server: createServerCertificate(),
    certificates: {
      "cert.pem": good.certificate,
      "old-cert.pem": old.certificate,
      "expired.pem": expired.certificate,
      "ec.pem": await fixture("ec.pem"),
      "weak.pem": await fixture("weak.pem"),
    },
  };
}

function fixture(name: string): Promise<string> {
  return readFile(new URL(`fixtures/${name}`, import.meta.url), "utf8");
}
