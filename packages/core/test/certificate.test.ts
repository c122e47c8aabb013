import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cryptography } from "#crypto";
import { readVectors } from "../../../test/vectors/vector-files.ts";
import { createCertificate } from "../src/certificate.ts";
import {
  assertValidAt,
  fingerprintOf,
  readCertificate,
  readCertificates,
  readPrivateKey,
  SealwrightError,
} from "../src/index.ts";
import { readPem, writePem } from "../src/pem.ts";
import { fromLatin1, latin1 } from "./encodings.ts";
import { problemOf } from "./problems.ts";
import { testKey, testKeyPem } from "./test-keys.ts";
import { certificateFacts, issueCertificate } from "./witness.ts";

const { sealing, refused } = readVectors("certificates.json");
const VALIDITY = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2036-01-01T00:00:00Z") };

describe("readCertificate", () => {
  test.each(sealing)("reads the Go controller's: $name", async (vector) => {
    const read = await readCertificate(vector.certificate);
    expect(read).toMatchObject({
      pem: vector.certificate,
      commonName: vector.commonName,
      notBefore: new Date(vector.notBefore),
      notAfter: new Date(vector.notAfter),
      fingerprint: testKeyPem(vector.key).fingerprint,
      publicKey: { kind: "public", bits: 2048 },
    });
  });

  test.each(refused)("refuses by name: $name", async ({ certificate, code }) => {
    expect(await problemOf(() => readCertificate(certificate))).toMatchObject({ code });
  });

  test("says which algorithm or how many bits it refuses", async () => {
    const problems = await Promise.all(refused.map(({ certificate }) => problemOf(() => readCertificate(certificate))));
    expect(problems).toContainEqual({ code: "certificate_not_rsa", found: "ec" });
    expect(problems).toContainEqual({ code: "certificate_not_rsa", found: "ed25519" });
    expect(problems).toContainEqual({ code: "certificate_weak", bits: 1024 });
  });

  test("reads the first of several, and keeps it alone", async () => {
    const [first, second] = sealing.map(({ certificate }) => certificate);
    const read = await readCertificate(`# sealing\n${testKeyPem("rsa-2048").privateKey}${first}${second}`);
    expect(read.pem).toBe(first);
  });

  test("reads the subject's name and not the issuer's", async () => {
    const certificate = await issueCertificate({ commonName: "sealing", organizations: ["ledger"] });
    expect((await certificateFacts(certificate)).issuer).toBe("CN=sealwright-test-ca");
    expect((await readCertificate(certificate)).commonName).toBe("sealing");
  });

  test("refuses what is no certificate", async () => {
    const { privateKey, certificate } = testKeyPem("rsa-2048");
    const der = derOf(certificate);
    for (const text of [
      "",
      "garbage",
      privateKey,
      writePem("CERTIFICATE", new Uint8Array()),
      writePem("CERTIFICATE", der.subarray(0, 100)),
      writePem("CERTIFICATE", derOf(privateKey)),
      certificate.replace("-----END CERTIFICATE-----", ""),
    ]) {
      expect(await problemOf(() => readCertificate(text))).toEqual({ code: "certificate_unreadable" });
    }
  });

  test("refuses one whose dates cannot be read: it would never expire", async () => {
    for (const garbage of ["26AB01000000Z", "260101??????Z"]) {
      const text = latin1(derOf(certificateOf("no common name")));
      expect(text).toContain("260101000000Z");
      const damaged = fromLatin1(text.replace("260101000000Z", garbage));
      const problem = await problemOf(() => readCertificate(writePem("CERTIFICATE", damaged)));
      expect(problem).toEqual({ code: "certificate_unreadable" });
    }
  });

  test("reads or refuses a damaged one, and never ends in another way", async () => {
    const der = derOf(certificateOf("a common name"));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: der.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const damaged = Uint8Array.from(der, (byte, index) => (index === at ? byte ^ bits : byte));
        const outcome = await readCertificate(writePem("CERTIFICATE", damaged)).catch((error) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(SealwrightError);
        else expect(outcome.notAfter.getTime()).not.toBeNaN();
      }),
      { numRuns: 300 },
    );
  });
});

describe("readCertificates", () => {
  test("reads every certificate of a bundle, in order, and keeps each alone", async () => {
    const pems = sealing.map(({ certificate }) => certificate);
    const read = await readCertificates(`# bundle\n${testKeyPem("rsa-2048").privateKey}${pems.join("\n")}`);
    expect(read.map(({ pem }) => pem)).toEqual(pems);
    const [first] = pems;
    expect(await readCertificates(first ?? "")).toEqual([await readCertificate(first ?? "")]);
  });

  test("refuses a text without any, and one with any that cannot be used", async () => {
    expect(await problemOf(() => readCertificates("nonsense"))).toEqual({ code: "certificate_unreadable" });
    const [first] = sealing;
    for (const { certificate, code } of refused) {
      const problem = await problemOf(() => readCertificates(`${first?.certificate}${certificate}`));
      expect(problem).toMatchObject({ code });
    }
  });
});

describe("createCertificate", () => {
  test("makes one like the Go controller's: v3, self-signed, a CA, for encipherOnly", async () => {
    const { privateKey } = await testKey("rsa-2048");
    const pem = await createCertificate({ key: privateKey, commonName: "ours", ...VALIDITY });
    const ours = await certificateFacts(pem);
    const goes = await certificateFacts(certificateOf("a common name"));
    expect(ours).toMatchObject({ selfSigned: true, subject: "CN=ours", issuer: "CN=ours", publicKey: goes.publicKey });
    for (const extension of [KEY_USAGE_ENCIPHER_ONLY, BASIC_CONSTRAINTS_CA]) {
      expect(ours.der).toContain(extension);
      expect(goes.der).toContain(extension);
    }
  });

  test.each(["", "sealed-secrets", "Schlüssel 🦭", 'a, b + "c"\\d', "*.example.com", "x".repeat(64)])(
    "is read back with its common name %j",
    async (commonName) => {
      const { privateKey, fingerprint } = await testKey("rsa-2048");
      const read = await readCertificate(await createCertificate({ key: privateKey, commonName, ...VALIDITY }));
      expect(read).toMatchObject({ commonName, fingerprint, ...VALIDITY });
    },
  );

  test("tells years after 2050 too", async () => {
    const { privateKey: key } = await testKey("rsa-2048");
    const notBefore = new Date("2049-12-31T23:59:59Z");
    const notAfter = new Date("2126-02-28T12:00:00Z");
    const pem = await createCertificate({ key, commonName: "long", notBefore, notAfter });
    expect(await readCertificate(pem)).toMatchObject({ notBefore, notAfter });
    expect(new Date((await certificateFacts(pem)).validTo)).toEqual(notAfter);
  });

  test("draws a positive serial number of 16 bytes each time", async () => {
    const { privateKey: key } = await testKey("rsa-2048");
    const pems = await Promise.all(
      Array.from({ length: 8 }, () => createCertificate({ key, commonName: "", ...VALIDITY })),
    );
    const serials = (await Promise.all(pems.map(certificateFacts))).map(({ serialNumber }) => serialNumber);
    expect(new Set(serials).size).toBe(pems.length);
    for (const serial of serials) expect(serial).toMatch(/^[0-7][0-9A-F]{31}$/);
  });
});

describe("assertValidAt", () => {
  test("holds from an hour before the first second, for clocks differ, to the last", async () => {
    const certificate = await readCertificate(certificateOf("a common name"));
    const { notBefore, notAfter } = certificate;
    const earliest = notBefore.getTime() - 3_600_000;
    assertValidAt(certificate, new Date(earliest));
    assertValidAt(certificate, notAfter);
    const early = await problemOf(() => assertValidAt(certificate, new Date(earliest - 1)));
    expect(early).toEqual({ code: "certificate_not_yet_valid", notBefore });
    const late = await problemOf(() => assertValidAt(certificate, new Date(notAfter.getTime() + 1)));
    expect(late).toEqual({ code: "certificate_expired", notAfter });
  });
});

describe("fingerprints.json: what ssh-keygen -l says", () => {
  test.each(readVectors("fingerprints.json").vectors)("$name", async ({ privateKey, fingerprint }) => {
    const key = await readPrivateKey(privateKey);
    expect(await fingerprintOf(cryptography.publicKeyOf(key))).toBe(fingerprint);
  });

  test.each(Object.entries(readVectors("keys.json").keys))("%s", async (name, { fingerprint }) => {
    expect((await testKey(name)).fingerprint).toBe(fingerprint);
  });
});

/**
 * The DER of both extensions (RFC 5280, 4.2.1.3 and 4.2.1.9): OID, critical, and the value. OpenSSL, and so Node's `ca`, would call it
 * a CA only with keyCertSign.
 */
const KEY_USAGE_ENCIPHER_ONLY = "0603551d0f0101ff040403020001";
const BASIC_CONSTRAINTS_CA = "0603551d130101ff040530030101ff";

function certificateOf(name: string): string {
  const found = sealing.find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`no certificate ${name}`);
  return found.certificate;
}

function derOf(pem: string): Uint8Array {
  const [block] = readPem(pem);
  if (block === undefined) throw new Error("no PEM block");
  return block.der;
}
