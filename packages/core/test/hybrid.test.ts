import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cryptography } from "#crypto";
import { readVectors } from "../../../test/vectors/vector-files.ts";
import { concat, decodeBase64, encodeBase64, uint16, utf8 } from "../src/bytes.ts";
import { decryptHybrid, encryptHybrid, fitsKey, type HybridParts, splitHybrid } from "../src/hybrid.ts";
import { itemValue } from "./arbitraries.ts";
import { testKey } from "./test-keys.ts";

const LABEL = utf8("payments/database");

describe("hybrid.json: single values of the Go project", () => {
  const { vectors } = readVectors("hybrid.json");

  test.each(vectors)("the parts are OAEP of the session key and GCM of the value: $name", async (vector) => {
    const { privateKey } = await testKey(vector.key);
    const { encapsulated, encrypted } = split(bytesOf(vector.sealed));
    const sessionKey = await cryptography.decryptOaep(privateKey, encapsulated, bytesOf(vector.label));
    expect(sessionKey && encodeBase64(sessionKey)).toBe(vector.sessionKey);
    const value = await cryptography.decryptGcm(bytesOf(vector.sessionKey), encrypted);
    expect(value && encodeBase64(value)).toBe(vector.value);
  });

  test.each(vectors)("the same session key makes the same bytes: $name", async (vector) => {
    const { encrypted } = split(bytesOf(vector.sealed));
    const ours = await cryptography.encryptGcm(bytesOf(vector.sessionKey), bytesOf(vector.value));
    expect(encodeBase64(ours)).toBe(encodeBase64(encrypted));
  });

  test.each(vectors)("decryptHybrid opens it, and only with its label: $name", async (vector) => {
    const { privateKey } = await testKey(vector.key);
    const parts = split(bytesOf(vector.sealed));
    const value = await decryptHybrid(parts, privateKey, bytesOf(vector.label));
    expect(value && encodeBase64(value)).toBe(vector.value);
    expect(await decryptHybrid(parts, privateKey, concat(bytesOf(vector.label), utf8("x")))).toBeNull();
  });
});

describe("encryptHybrid", () => {
  test("decryptHybrid opens any value under any label", async () => {
    const { privateKey, certificate } = await testKey("rsa-2048");
    await fc.assert(
      fc.asyncProperty(itemValue, fc.uint8Array({ maxLength: 100 }), async (value, label) => {
        const sealed = await encryptHybrid(certificate.publicKey, value, label);
        expect(sealed.length).toBe(2 + 256 + value.length + 16);
        const opened = await decryptHybrid(split(sealed), privateKey, label);
        expect(opened && encodeBase64(opened)).toBe(encodeBase64(value));
      }),
      { numRuns: 40 },
    );
  });

  test("draws a new session key for each value: equal values share no part", async () => {
    const { privateKey, certificate } = await testKey("rsa-2048");
    const sealed = await Promise.all([1, 2, 3].map(() => encryptHybrid(certificate.publicKey, LABEL, LABEL)));
    const parts = sealed.map(split);
    const sessionKeys = await Promise.all(
      parts.map(({ encapsulated }) => cryptography.decryptOaep(privateKey, encapsulated, LABEL)),
    );
    expect(new Set(sessionKeys.map((key) => key && encodeBase64(key))).size).toBe(3);
    expect(new Set(parts.map(({ encrypted }) => encodeBase64(encrypted))).size).toBe(3);
    expect(sessionKeys.map((key) => key?.length)).toEqual([32, 32, 32]);
  });

  test("leaves the value and the label as they were", async () => {
    const { certificate } = await testKey("rsa-2048");
    const value = utf8("value");
    const label = utf8("label");
    await encryptHybrid(certificate.publicKey, value, label);
    expect([value, label]).toEqual([utf8("value"), utf8("label")]);
  });
});

describe("decryptHybrid", () => {
  test("opens no value under a session key of another length than 32 bytes", async () => {
    const { privateKey, certificate } = await testKey("rsa-2048");
    for (const length of [16, 32]) {
      const sessionKey = new Uint8Array(length);
      const encapsulated = await cryptography.encryptOaep(certificate.publicKey, sessionKey, LABEL);
      const key = await crypto.subtle.importKey("raw", sessionKey, "AES-GCM", false, ["encrypt"]);
      const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
      const encrypted = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, new Uint8Array(LABEL)));
      const value = await decryptHybrid({ encapsulated, encrypted }, privateKey, LABEL);
      expect(value && encodeBase64(value)).toBe(length === 32 ? encodeBase64(LABEL) : null);
    }
  });
});

describe("splitHybrid", () => {
  test("takes the parts at the length that the first two bytes tell", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ minLength: 16, maxLength: 40 }), (head, rest) => {
        const { encapsulated, encrypted } = split(concat(uint16(head.length), head, rest));
        expect(encodeBase64(encapsulated)).toBe(encodeBase64(head));
        expect(encodeBase64(encrypted)).toBe(encodeBase64(rest));
      }),
    );
  });

  test("returns null where there is no room for a tag", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 15 }), (head, rest) => {
        expect(splitHybrid(concat(uint16(head.length), head, rest))).toBeNull();
      }),
    );
    expect(splitHybrid(new Uint8Array())).toBeNull();
    expect(splitHybrid(Uint8Array.of(0))).toBeNull();
  });
});

test("fitsKey goes by the length of the modulus", async () => {
  const { privateKey: small } = await testKey("rsa-2048");
  const { privateKey: large } = await testKey("rsa-4096");
  const parts = (length: number) => ({ encapsulated: new Uint8Array(length), encrypted: new Uint8Array() });
  expect([255, 256, 257].map((length) => fitsKey(parts(length), small))).toEqual([false, true, false]);
  expect([256, 512].map((length) => fitsKey(parts(length), large))).toEqual([false, true]);
});

function split(sealed: Uint8Array): HybridParts {
  const parts = splitHybrid(sealed);
  if (parts === null) throw new Error("too short");
  return parts;
}

function bytesOf(base64: string): Uint8Array {
  const bytes = decodeBase64(base64);
  if (bytes === null) throw new Error("not base64");
  return bytes;
}
