import { afterEach, describe, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { utf8 } from "../src/bytes.ts";
import {
  createSealingKey,
  HINTS_ANNOTATION,
  KeyRing,
  readSealingKey,
  type SealedSecret,
  type SealingKey,
  sealValue,
  unseal,
} from "../src/index.ts";
import { MAX_FAILED_TRIALS } from "../src/limits.ts";
import { refreshHints } from "../src/refresh-hints.ts";
import { problemOf } from "./problems.ts";
import { testKey } from "./test-keys.ts";

const VALIDITY = { notBefore: new Date(0), notAfter: new Date(1) };

/** Of one length, so that length tells nothing; the certificates' dates are set apart. */
const keys = {
  first: at(await testKey("rsa-2048"), 2024),
  second: at(await testKey("other-rsa-2048"), 2025),
  third: at(await readSealingKey(await createSealingKey({ bits: 2048, commonName: "", ...VALIDITY })), 2026),
};
type Name = keyof typeof keys;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the first key that is tried", () => {
  test("is the newest, where nothing tells more", async () => {
    expect(await trials(await sealedTo({ a: "third" }))).toEqual(["third"]);
    expect(await trials(await sealedTo({ a: "first" }))).toEqual(["third", "second", "first"]);
  });

  test("is the one that a hint names", async () => {
    const sealed = await hinted(await sealedTo({ a: "first" }), "first");
    expect(await trials(sealed)).toEqual(["first"]);
  });

  test("is not the one that a hint names which belongs to another value, and a wrong one costs one trial", async () => {
    const stale = await hinted(await sealedTo({ a: "first" }), "first");
    const merged = { ...(await sealedTo({ a: "third" })), metadata: stale.metadata };
    expect(await trials(merged)).toEqual(["third"]);
    expect(await trials(await hinted(await sealedTo({ a: "third" }), "second"))).toEqual(["second", "third"]);
    expect(await trials(await hinted(await sealedTo({ a: "third" }), null))).toEqual(["third"]);
  });

  test("is the one that opened the item before, and next the one before that", async () => {
    const sealed = await sealedTo({ a: "first", b: "first", c: "second", d: "first", e: "second" });
    const expected = [
      "third",
      "second",
      "first",
      "first",
      "first",
      "third",
      "second",
      "second",
      "first",
      "first",
      "second",
    ];
    expect(await trials(sealed)).toEqual(expected);
  });

  test("is the one that opened another object of the namespace last, and not of another namespace", async () => {
    const ring = new KeyRing(Object.values(keys));
    await unseal(await sealedTo({ a: "first" }), ring);
    expect(await trials(await sealedTo({ a: "first" }, { name: "neighbour" }), ring)).toEqual(["first"]);
    expect(await trials(await sealedTo({ a: "third" }, { namespace: "elsewhere" }), ring)).toEqual(["third"]);
  });

  test.each([
    ["2025-06-01T00:00:00Z", "second", ["second"]],
    ["2025-01-01T00:00:00Z", "second", ["second"]],
    ["2024-12-31T23:59:59Z", "first", ["first"]],
    ["2026-06-01T00:00:00Z", "third", ["third"]],
    ["2024-06-01T00:00:00Z", "third", ["first", "third"]],
    ["2020-01-01T00:00:00Z", "third", ["third"]],
    ["nonsense", "third", ["third"]],
    [2025, "third", ["third"]],
  ] as const)("is the newest of when the object was created: %s", async (creationTimestamp, sealedWith, expected) => {
    const sealed = await sealedTo({ a: sealedWith });
    expect(await trials({ ...sealed, metadata: { ...sealed.metadata, creationTimestamp } })).toEqual(expected);
  });

  test("is a retired one only after all others, unless a hint names it", async () => {
    const ring = () => new KeyRing([keys.first, keys.second, { ...keys.third, retired: true }]);
    const sealed = await sealedTo({ a: "third" });
    expect(await trials(sealed, ring())).toEqual(["second", "first", "third"]);
    const metadata = { ...sealed.metadata, creationTimestamp: "2026-06-01T00:00:00Z" };
    expect(await trials({ ...sealed, metadata }, ring())).toEqual(["second", "first", "third"]);
    expect(await trials(await hinted(await sealedTo({ a: "third" }), "third"), ring())).toEqual(["third"]);
  });
});

test("a ring forgets namespaces rather than grow without end", () => {
  const ring = new KeyRing([keys.first]);
  for (let index = 0; index <= 1_000; index += 1) ring.remember(`ns-${index}`, keys.first);
  expect([ring.lastIn("ns-0"), ring.lastIn("ns-1"), ring.lastIn("ns-1000")]).toEqual([null, keys.first, keys.first]);
});

describe("an object of many items", () => {
  const manyItems = async (count: number) => {
    const text = (await sealedTo({ a: "first" })).spec.encryptedData["a"] ?? "";
    const items = Array.from({ length: count }, (_, index) => [`item-${index}`, text] as const);
    return { ...(await sealedTo({})), spec: { encryptedData: Object.fromEntries(items) } };
  };
  const failuresOf = async (sealed: SealedSecret) => {
    const problem = await problemOf(() => unseal(sealed, new KeyRing(Object.values(keys))));
    return problem.code === "undecryptable" ? [...problem.items.values()] : [];
  };

  test("is given up when five of them have failed with every key", async () => {
    vi.spyOn(cryptography, "decryptOaep").mockResolvedValue(null);
    expect(await failuresOf(await manyItems(500))).toEqual(Array(5).fill("no_key_opens"));
    expect(cryptography.decryptOaep).toHaveBeenCalledTimes(5 * Object.keys(keys).length);
  });

  test("is given up when they open, but always with the last of the keys", async () => {
    let trial = 0;
    let failed = 0;
    vi.spyOn(cryptography, "decryptOaep").mockImplementation(async () => {
      if (trial++ % 3 === 2) return new Uint8Array(32);
      failed += 1;
      return null;
    });
    vi.spyOn(cryptography, "decryptGcm").mockImplementation(async () => new Uint8Array());
    expect(await failuresOf(await manyItems(MAX_FAILED_TRIALS / 2 + 10))).toEqual(Array(5).fill("not_tried"));
    expect(failed).toBe(MAX_FAILED_TRIALS);
  });
});

/** Which keys an unsealing tries, in order. */
async function trials(sealed: SealedSecret, ring = new KeyRing(Object.values(keys))): Promise<(Name | undefined)[]> {
  const tried = vi.spyOn(cryptography, "decryptOaep");
  await unseal(sealed, ring);
  const names = Object.keys(keys) as Name[];
  const order = tried.mock.calls.map(([key]) => names.find((name) => keys[name].privateKey === key));
  tried.mockRestore();
  return order;
}

async function sealedTo(items: Readonly<Record<string, Name>>, metadata: object = {}): Promise<SealedSecret> {
  const binding = { scope: "strict", name: "database", namespace: "payments", ...metadata } as const;
  const texts = Object.entries(items).map(async ([item, key]) => {
    return [item, await sealValue(utf8(item), binding, keys[key].certificate)] as const;
  });
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name: binding.name, namespace: binding.namespace },
    spec: { encryptedData: Object.fromEntries(await Promise.all(texts)) },
  };
}

/** The object with hints that name a key, right or wrong; null names one that nobody has. */
async function hinted(sealed: SealedSecret, key: Name | null): Promise<SealedSecret> {
  const fingerprint = key === null ? "SHA256:nobody-has-this-one" : keys[key].fingerprint;
  const known = new Set(Object.keys(sealed.spec.encryptedData));
  const result = await refreshHints(sealed, { known, fingerprint, wanted: true });
  expect(Object.keys(result.metadata.annotations ?? {})).toEqual([HINTS_ANNOTATION]);
  return result;
}

function at(key: SealingKey, year: number): SealingKey {
  const notBefore = new Date(Date.UTC(year, 0));
  return { ...key, orderedBy: notBefore, certificate: { ...key.certificate, notBefore } };
}
