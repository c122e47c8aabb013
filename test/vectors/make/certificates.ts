import type { CertificatesFile } from "../vector-files.ts";
import { goCrypto, goCryptoSource } from "./go-crypto.ts";
import type { KeyName, TestKeys } from "./keys.ts";
import type { OpenSsl } from "./openssl.ts";

const KEY: KeyName = "rsa-2048";

const WANTED = [
  { name: "no common name", commonName: "", notBefore: "2026-01-01T00:00:00Z", notAfter: "2036-01-01T00:00:00Z" },
  {
    name: "a common name",
    commonName: "sealing.example.com",
    notBefore: "2026-03-04T05:06:07Z",
    notAfter: "2036-03-01T05:06:07Z",
  },
  {
    name: "a common name in UTF-8",
    commonName: "Schlüssel 🦭",
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2036-01-01T00:00:00Z",
  },
  {
    name: "a common name that needs escapes",
    commonName: 'a, b + "c"\\d',
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2036-01-01T00:00:00Z",
  },
  {
    name: "from before 2050 to after it",
    commonName: "long",
    notBefore: "2049-12-31T23:59:59Z",
    notAfter: "2126-01-01T00:00:00Z",
  },
];

export function makeCertificatesFile(keys: TestKeys, openssl: OpenSsl): CertificatesFile {
  const { privateKey } = keys[KEY];
  const { certificates } = goCrypto({ certificates: WANTED.map((wanted) => ({ ...wanted, privateKey })) });
  return {
    about:
      "Certificates as the Go project's controller makes them, and certificates that cannot seal. Their keys are for tests alone.",
    source: goCryptoSource("SignKeyWithNotBefore"),
    sealing: WANTED.map((wanted, index) => ({ ...wanted, key: KEY, certificate: certificates[index] ?? "" })),
    refused: [
      {
        name: "an elliptic curve",
        code: "certificate_not_rsa",
        ...openssl.certificate(["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]),
      },
      { name: "Ed25519", code: "certificate_not_rsa", ...openssl.certificate(["ed25519"]) },
      { name: "RSA-PSS", code: "certificate_not_rsa", ...openssl.certificate(["rsa-pss"]) },
      { name: "1024 bits", code: "certificate_weak", ...openssl.certificate(["rsa:1024"]) },
    ],
  };
}
