import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSealingKey, readPrivateKey, readSealingKey, SealwrightError } from "../src/index.ts";
import { readPem, writePem } from "../src/pem.ts";
import { problemOf } from "./problems.ts";
import { testKeyPem } from "./test-keys.ts";
import { certificateFacts, keysOfOtherKinds, privateKeyFacts, rewritePrivateKey } from "./witness.ts";

const VALIDITY = { notBefore: new Date("2026-01-01T00:00:00Z"), notAfter: new Date("2036-01-01T00:00:00Z") };
const PKCS1 = testKeyPem("rsa-2048").privateKey;

describe("createSealingKey", () => {
  test("makes a PKCS#1 key and the certificate that belongs to it", async () => {
    const pem = await createSealingKey({ bits: 2048, commonName: "ours", ...VALIDITY });
    expect(pem.privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const facts = await privateKeyFacts(pem.privateKey);
    expect(facts).toMatchObject({ modulusLength: 2048, publicExponent: "65537" });
    expect((await certificateFacts(pem.certificate)).publicKey).toBe(facts.publicKey);
    const key = await readSealingKey(pem);
    expect(key.privateKey.bits).toBe(2048);
    expect(key.certificate).toMatchObject({ commonName: "ours", ...VALIDITY });
  });

  test.each([0, -2048, 1024, 2047, 2052, 8200, 16384, 2048.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %d bits before it makes anything",
    async (bits) => {
      const problem = await problemOf(() => createSealingKey({ bits, commonName: "", ...VALIDITY }));
      expect(problem).toEqual({ code: "key_size", bits });
    },
  );
});

describe("readSealingKey", () => {
  test("orders by the certificate's notBefore unless it is told otherwise", async () => {
    const pem = testKeyPem("rsa-2048");
    const key = await readSealingKey(pem);
    expect(key.orderedBy).toEqual(key.certificate.notBefore);
    const created = new Date("2030-05-06T07:08:09Z");
    expect((await readSealingKey(pem, created)).orderedBy).toEqual(created);
  });

  test("refuses a key and a certificate that do not belong together", async () => {
    const pem = { privateKey: PKCS1, certificate: testKeyPem("other-rsa-2048").certificate };
    expect(await problemOf(() => readSealingKey(pem))).toEqual({ code: "private_key_mismatch" });
  });
});

describe("readPrivateKey", () => {
  test("reads PKCS#1 and PKCS#8 alike, with either line end and other text around", async () => {
    const pkcs8 = await rewritePrivateKey(PKCS1, "pkcs8");
    const { certificate, fingerprint } = testKeyPem("rsa-2048");
    for (const text of [PKCS1, pkcs8, PKCS1.replaceAll("\n", "\r\n"), `Bag Attributes\n${certificate}${pkcs8}`]) {
      expect((await readSealingKey({ privateKey: text, certificate })).fingerprint).toBe(fingerprint);
    }
  });

  test("reads the first key of several", async () => {
    const { certificate, privateKey } = testKeyPem("rsa-2048");
    const text = privateKey + testKeyPem("other-rsa-2048").privateKey;
    expect((await readSealingKey({ privateKey: text, certificate })).certificate.pem).toBe(certificate);
  });

  test.each([
    ["PKCS#8", "pkcs8"],
    ["PKCS#1 with headers", "pkcs1"],
  ] as const)("refuses one that is encrypted: %s", async (_, type) => {
    const text = await rewritePrivateKey(PKCS1, type, "secret");
    expect(text).toContain("ENCRYPTED");
    expect(await problemOf(() => readPrivateKey(text))).toEqual({ code: "private_key_unreadable" });
    expect(await problemOf(() => readPrivateKey(text + PKCS1))).toEqual({ code: "private_key_unreadable" });
  });

  test("refuses by name what is not RSA", async () => {
    for (const { pem, algorithm: found } of await keysOfOtherKinds()) {
      expect(await problemOf(() => readPrivateKey(pem))).toEqual({ code: "private_key_not_rsa", found });
    }
  });

  test("refuses what is no private key", async () => {
    const der = readPem(PKCS1)[0]?.der ?? new Uint8Array();
    for (const text of [
      "",
      "garbage",
      testKeyPem("rsa-2048").certificate,
      PKCS1.slice(0, -100),
      writePem("RSA PRIVATE KEY", new Uint8Array()),
      writePem("RSA PRIVATE KEY", der.subarray(0, 500)),
      writePem("PRIVATE KEY", der),
      writePem("OPENSSH PRIVATE KEY", der),
    ]) {
      expect(await problemOf(() => readPrivateKey(text))).toEqual({ code: "private_key_unreadable" });
    }
  });

  test("reads or refuses a damaged one, and never ends in another way", async () => {
    const der = readPem(PKCS1)[0]?.der ?? new Uint8Array();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: der.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const damaged = Uint8Array.from(der, (byte, index) => (index === at ? byte ^ bits : byte));
        const outcome = await readPrivateKey(writePem("RSA PRIVATE KEY", damaged)).catch((error) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(SealwrightError);
      }),
      { numRuns: 200 },
    );
  });
});
