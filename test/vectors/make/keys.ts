import type { KeysFile, TestKey } from "../vector-files.ts";
import { type CertificateRequest, goCrypto } from "./go-crypto.ts";
import type { OpenSsl } from "./openssl.ts";

/** The names of the keys that the other files mean. */
export type KeyName = "rsa-4096" | "other-rsa-4096" | "rsa-2048" | "other-rsa-2048";

export type TestKeys = Readonly<Record<KeyName, TestKey>>;

const VALIDITY = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2126-01-01T00:00:00Z" };

export function makeKeys(openssl: OpenSsl): TestKeys {
  return {
    "rsa-4096": makeKey(openssl, 4096),
    "other-rsa-4096": makeKey(openssl, 4096),
    "rsa-2048": makeKey(openssl, 2048),
    "other-rsa-2048": makeKey(openssl, 2048),
  };
}

export function keysFile(keys: TestKeys, openssl: OpenSsl): KeysFile {
  return {
    about:
      "Keys for these tests alone. Anybody can read them, so they protect nothing: never seal anything real to them. " +
      "The certificates are made by the Go project's pkg/crypto, as its controller makes them.",
    source: openssl.source("openssl genrsa -traditional 4096"),
    keys,
  };
}

function makeKey(openssl: OpenSsl, bits: number): TestKey {
  const privateKey = openssl.rsaKey(bits);
  const wanted: CertificateRequest = { privateKey, commonName: "for tests only", ...VALIDITY };
  const [certificate = ""] = goCrypto({ certificates: [wanted] }).certificates;
  return { bits, privateKey, certificate, fingerprint: openssl.fingerprint(privateKey).fingerprint };
}
