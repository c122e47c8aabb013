/**
 * Whatever looks at a byte of a session key or of a value takes a time that may depend on it: a comparison that ends early, a
 * branch, a table. So nothing in core looks: it counts bytes, wipes them, and hands them to the cryptography, which compares tags
 * and padding in constant time. Here each of them is veiled, and to look is an error.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { utf8 } from "../src/bytes.ts";
import { diagnose, edit, reseal, type SealedSecret, seal, unseal, wipeSecret } from "../src/index.ts";
import { problemOf } from "./problems.ts";
import { testKey, testRing } from "./test-keys.ts";

/** What tells nothing of the content; `then` is asked by `await`. */
const BLIND = new Set<PropertyKey>(["length", "byteLength", "fill", "then"]);

const ring = await testRing("rsa-2048", "other-rsa-2048");
const { certificate } = await testKey("rsa-2048");
const { certificate: other } = await testKey("other-rsa-2048");
const originals = new WeakMap<Uint8Array, Uint8Array>();
let looks: string[] = [];

beforeEach(() => {
  looks = [];
  const { randomBytes, encryptOaep, decryptOaep, encryptGcm, decryptGcm } = cryptography;
  vi.spyOn(cryptography, "randomBytes").mockImplementation((length) => veiled(randomBytes(length)));
  vi.spyOn(cryptography, "encryptOaep").mockImplementation((key, message, label) => {
    return encryptOaep(key, unveiled(message), label);
  });
  vi.spyOn(cryptography, "decryptOaep").mockImplementation(async (...given) =>
    veiledOrNull(await decryptOaep(...given)),
  );
  vi.spyOn(cryptography, "encryptGcm").mockImplementation((key, message) => {
    return encryptGcm(unveiled(key), unveiled(message));
  });
  vi.spyOn(cryptography, "decryptGcm").mockImplementation(async (key, ciphertext) => {
    return veiledOrNull(await decryptGcm(unveiled(key), ciphertext));
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(looks).toEqual([]);
});

test("a veil refuses to be looked under", () => {
  const bytes = veiled(Uint8Array.of(1, 2));
  expect(bytes.length).toBe(2);
  expect(() => bytes[0]).toThrow("looks at 0");
  expect(() => [...bytes]).toThrow("looks at Symbol(Symbol.iterator)");
  expect(looks.splice(0)).toEqual(["0", "Symbol(Symbol.iterator)"]);
});

test("seal, edit and unseal never look at a session key or a value", async () => {
  const sealed = await edit(await sealedSecret(), [{ edit: "add", item: "b", value: veiled(utf8("b")) }], {
    certificate,
  });
  const { secret } = await unseal(sealed, ring);
  expect([...secret.data.values()].map((value) => unveiled(value).length)).toEqual([5, 1]);
  wipeSecret(secret);
  expect([...secret.data.values()].map((value) => unveiled(value).some((byte) => byte !== 0))).toEqual([false, false]);
});

test("reseal never looks at what it moves", async () => {
  const { sealedSecret: moved, items } = await reseal(await sealedSecret(), ring, { certificate: other });
  expect([items, (await unseal(moved, ring)).keys]).toEqual([new Set(["a"]), new Set([other.fingerprint])]);
});

test("diagnose never looks at what it opens", async () => {
  const { items } = await diagnose(await sealedSecret(), ring);
  expect(items.get("a")).toMatchObject({ verdict: "opens" });
});

test("an item that does not open is refused without a look", async () => {
  const { metadata, ...rest } = await sealedSecret();
  const renamed = { ...rest, metadata: { ...metadata, name: "renamed" } };
  expect(await problemOf(() => unseal(renamed, ring))).toMatchObject({ code: "undecryptable" });
});

function sealedSecret(): Promise<SealedSecret> {
  const data = new Map([["a", veiled(utf8("value"))]]);
  return seal({ metadata: { name: "n", namespace: "ns" }, type: "Opaque", data }, { certificate });
}

function veiled(bytes: Uint8Array): Uint8Array {
  const veil = new Proxy(bytes, {
    get(target, property) {
      if (!BLIND.has(property)) {
        looks.push(String(property));
        throw new Error(`it looks at ${String(property)}`);
      }
      const found: unknown = Reflect.get(target, property, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  originals.set(veil, bytes);
  return veil;
}

function veiledOrNull(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : veiled(bytes);
}

function unveiled(bytes: Uint8Array): Uint8Array {
  return originals.get(bytes) ?? bytes;
}
