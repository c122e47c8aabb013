import { afterEach, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { utf8 } from "../src/bytes.ts";
import { diagnose, reseal, type SealedSecret, sealValue, unseal } from "../src/index.ts";
import { problemOf } from "./problems.ts";
import { testKey, testRing } from "./test-keys.ts";

const ring = await testRing("rsa-2048", "other-rsa-2048");
const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Everything that is decrypted while an action runs: session keys and values, as they are left when it has ended. */
async function leftBy(
  action: () => Promise<unknown>,
): Promise<{ readonly keys: boolean[]; readonly values: boolean[] }> {
  const seen = { keys: [] as Uint8Array[], values: [] as Uint8Array[] };
  const { decryptOaep, decryptGcm } = cryptography;
  vi.spyOn(cryptography, "decryptOaep").mockImplementation(async (...given) =>
    kept(seen.keys, await decryptOaep(...given)),
  );
  vi.spyOn(cryptography, "decryptGcm").mockImplementation(async (...given) =>
    kept(seen.values, await decryptGcm(...given)),
  );
  await action();
  const isWiped = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);
  return { keys: seen.keys.map(isWiped), values: seen.values.map(isWiped) };
}

function kept(list: Uint8Array[], bytes: Uint8Array | null): Uint8Array | null {
  if (bytes !== null) list.push(bytes);
  return bytes;
}

test("unseal wipes session keys, and hands the values over", async () => {
  const left = await leftBy(async () => unseal(await sealedWith({ a: "value" }), ring));
  expect(left).toEqual({ keys: [true], values: [false] });
});

test("unseal wipes what had opened where one item does not", async () => {
  const object = await sealedWith({ a: "value", b: "value" });
  const encryptedData = { ...object.spec.encryptedData, c: "AAAA" };
  const left = await leftBy(() => problemOf(() => unseal({ ...object, spec: { encryptedData } }, ring)));
  expect(left).toEqual({ keys: [true, true], values: [true, true] });
});

test.each(["not JSON", '{"apiVersion":"v1","kind":"Secret"}'])("unseal wipes what spec.data held: %s", async (text) => {
  const { a = "" } = (await sealedWith({ a: text })).spec.encryptedData;
  const object = { ...(await sealedWith({})), spec: { encryptedData: {}, data: a } };
  const left = await leftBy(() => unseal(object, ring, { acceptDeprecatedData: true }).catch(() => null));
  expect(left).toEqual({ keys: [true], values: [true] });
});

test("reseal wipes everything", async () => {
  const { certificate } = await testKey("other-rsa-2048");
  const left = await leftBy(async () => reseal(await sealedWith({ a: "value" }), ring, { certificate }));
  expect(left).toEqual({ keys: [true], values: [true] });
});

test("diagnose wipes everything", async () => {
  const left = await leftBy(async () => diagnose(await sealedWith({ a: "value" }), ring));
  expect(left).toEqual({ keys: [true], values: [true] });
});

async function sealedWith(values: Readonly<Record<string, string>>): Promise<SealedSecret> {
  const { certificate } = await testKey("rsa-2048");
  const items = Object.entries(values).map(async ([item, value]) => {
    return [item, await sealValue(utf8(value), BINDING, certificate)] as const;
  });
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name: BINDING.name, namespace: BINDING.namespace },
    spec: { encryptedData: Object.fromEntries(await Promise.all(items)) },
  };
}
