import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../src/bytes.ts";
import {
  HINTS_ANNOTATION,
  KeyRing,
  readSealedSecret,
  reseal,
  type SealedSecret,
  type SealingKey,
  seal,
  sealValue,
  unseal,
} from "../src/index.ts";
import * as arbitrary from "./arbitraries.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testKey, testKeyAt, testRing } from "./test-keys.ts";

const [old, recent] = await Promise.all([testKeyAt("rsa-2048", 2026), testKeyAt("other-rsa-2048", 2027)]);
const ring = new KeyRing([old, recent]);
const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

/** Everything that a SealedSecret can hold beside its ciphertexts, and more. */
const surroundings = fc.record({
  metadata: fc.record({
    labels: fc.dictionary(arbitrary.itemName, fc.string(), { maxKeys: 3 }),
    annotations: fc.dictionary(arbitrary.itemName, fc.string(), { maxKeys: 3 }),
    later: fc.jsonValue({ maxDepth: 3 }),
  }),
  spec: fc.record({
    template: fc.record({
      type: fc.string(),
      immutable: fc.boolean(),
      data: fc.dictionary(arbitrary.itemName, fc.oneof(fc.constant("{{ .a }}"), fc.string(), fc.constant(null))),
      metadata: fc.record({ labels: fc.dictionary(arbitrary.itemName, fc.string(), { maxKeys: 3 }) }),
      later: fc.jsonValue({ maxDepth: 3 }),
    }),
    later: fc.jsonValue({ maxDepth: 3 }),
  }),
  status: fc.jsonValue({ maxDepth: 3 }),
});

describe("reseal", () => {
  test("changes the ciphertexts and nothing else, and what they hold stays", async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.secret, arbitrary.scope, surroundings, async (secret, scope, around) => {
        const sealed = within(await seal(secret, { certificate: old.certificate, scope }), around);
        const { sealedSecret, items, keys } = await reseal(sealed, ring);
        expect(JSON.stringify(blanked(sealedSecret))).toBe(JSON.stringify(blanked(sealed)));
        expect(items).toEqual(new Set(secret.data.keys()));
        expect(keys).toEqual(new Set([old.fingerprint]));
        const opened = await unseal(withoutTemplate(sealedSecret), new KeyRing([recent]));
        expect(itemsOf(opened.secret.data)).toEqual(itemsOf(secret.data));
      }),
      { numRuns: 40 },
    );
  });

  test("changes, whichever key each item is sealed to, the ciphertexts of the others and nothing else", async () => {
    const keys = fc.constantFrom(old, recent);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(arbitrary.itemName, keys),
        surroundings,
        fc.boolean(),
        async (given, around, force) => {
          const entries = Object.entries(given);
          const texts = entries.map(async ([item, key]) => [item, await sealedTo(key, item)] as const);
          const sealed = within(sealedWith(Object.fromEntries(await Promise.all(texts))), { ...around, later: [null] });
          const { sealedSecret, items } = await reseal(sealed, ring, { force });
          expect(JSON.stringify(blanked(sealedSecret))).toBe(JSON.stringify(blanked(sealed)));
          expect(items).toEqual(new Set(entries.filter(([, key]) => force || key === old).map(([item]) => item)));
          const after = Object.entries(sealedSecret.spec.encryptedData);
          const changed = after.filter(
            ([item, text]) => new Map(Object.entries(sealed.spec.encryptedData)).get(item) !== text,
          );
          expect(new Set(changed.map(([item]) => item))).toEqual(items);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("leaves to the byte what is sealed to that key already, and what it was given", async () => {
    const [a, c] = await Promise.all([sealedTo(recent, "a"), sealedTo(old, "c")]);
    const sealed = Object.freeze(sealedWith({ a, c, b: await sealedTo(recent, "b") }));
    const before = JSON.stringify(sealed);
    const { sealedSecret, items } = await reseal(sealed, ring);
    const after = sealedSecret.spec.encryptedData;
    expect(Object.keys(after)).toEqual(["a", "c", "b"]);
    expect([after["a"], after["b"]]).toEqual([sealed.spec.encryptedData["a"], sealed.spec.encryptedData["b"]]);
    expect(items).toEqual(new Set(["c"]));
    expect(JSON.stringify(sealed)).toBe(before);
    expect((await reseal(sealedSecret, ring)).sealedSecret).toEqual(sealedSecret);
  });

  test("seals even that anew when it is forced to", async () => {
    const sealed = sealedWith({ a: await sealedTo(recent, "a") });
    const { sealedSecret, items } = await reseal(sealed, ring, { force: true });
    expect(items).toEqual(new Set(["a"]));
    expect(sealedSecret.spec.encryptedData["a"]).not.toBe(sealed.spec.encryptedData["a"]);
  });

  test("seals to a given certificate, whose private key need not be there", async () => {
    const { certificate } = await testKey("rsa-4096");
    const sealed = sealedWith({ a: await sealedTo(old, "a"), b: await sealedTo(recent, "b") });
    const { sealedSecret, items } = await reseal(sealed, ring, { certificate });
    expect(items).toEqual(new Set(["a", "b"]));
    const { secret, keys } = await unseal(sealedSecret, await testRing("rsa-4096"));
    expect(keys).toEqual(new Set([certificate.fingerprint]));
    expect(itemsOf(secret.data)).toEqual(new Map([...OPEN, ["b", "Yg=="]]));
  });

  test("never widens a scope, whatever the template says", async () => {
    const template = { metadata: { annotations: { [CLUSTER_WIDE]: "true" }, name: "other", namespace: "other" } };
    const sealed = within(sealedWith({ a: await sealedTo(old, "a") }), { spec: { template } });
    const { sealedSecret } = await reseal(sealed, ring);
    const annotations = { [CLUSTER_WIDE]: "true" };
    const widened = { ...sealedSecret, metadata: { ...sealedSecret.metadata, annotations } };
    expect(await problemOf(() => unseal(widened, ring))).toMatchObject({ code: "undecryptable" });
    expect(itemsOf((await unseal(sealedSecret, ring)).secret.data)).toEqual(OPEN);
  });

  test("refuses an object of which one item does not open, and tells nothing of the others", async () => {
    const sealed = sealedWith({ a: await sealedTo(old, "a"), b: "AAAA" });
    const items = new Map([["b", "too_short"]]);
    expect(await problemOf(() => reseal(sealed, ring))).toEqual({ code: "undecryptable", items });
  });

  test("needs a key that opens, and one that seals", async () => {
    const sealed = sealedWith({ a: await sealedTo(old, "a") });
    const retired = new KeyRing([{ ...old, retired: true }]);
    for (const keys of [new KeyRing([]), retired]) {
      expect(await problemOf(() => reseal(sealed, keys))).toEqual({ code: "no_sealing_key" });
    }
    const { keys } = await reseal(sealed, retired, { certificate: recent.certificate });
    expect(keys).toEqual(new Set([old.fingerprint]));
  });

  test("seals spec.data anew as it is, where that is accepted", async () => {
    const { spec: _, ...rest } = sealedWith({});
    const inner = { apiVersion: "v1", kind: "Secret", stringData: { a: "a" } };
    const data = await sealedTo(old, JSON.stringify(inner));
    const sealed = readSealedSecret({ ...rest, spec: { data, later: 1 } });
    expect(await problemOf(() => reseal(sealed, ring))).toEqual({ code: "deprecated_data" });
    const { sealedSecret, items } = await reseal(sealed, ring, { acceptDeprecatedData: true });
    expect(items).toEqual(new Set(["spec.data"]));
    expect(sealedSecret).toEqual({ ...sealed, spec: { ...sealed.spec, data: expect.any(String) } });
    const { secret, keys } = await unseal(sealedSecret, ring, { acceptDeprecatedData: true });
    expect([itemsOf(secret.data), keys]).toEqual([OPEN, new Set([recent.fingerprint])]);
    const again = await reseal(sealedSecret, ring, { acceptDeprecatedData: true });
    expect([again.items, again.sealedSecret]).toEqual([new Set(), sealedSecret]);
  });

  test("brings hints in step where there are some or they are asked for, and writes none otherwise", async () => {
    const sealed = sealedWith({ a: await sealedTo(old, "a") });
    expect((await reseal(sealed, ring)).sealedSecret.metadata).toEqual(sealed.metadata);
    const { sealedSecret: hinted } = await reseal(sealed, ring, { hints: true });
    expect(hinted.metadata.annotations?.[HINTS_ANNOTATION]).toContain(recent.fingerprint.slice(7, 19));
    const { sealedSecret: back } = await reseal(hinted, ring, { certificate: old.certificate });
    expect(back.metadata.annotations?.[HINTS_ANNOTATION]).toContain(old.fingerprint.slice(7, 19));
    expect((await reseal(hinted, ring)).sealedSecret).toEqual(hinted);
    expect((await reseal(hinted, ring, { hints: false })).sealedSecret.metadata).toEqual(sealed.metadata);
  });
});

const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;
const OPEN = new Map([["a", "YQ=="]]);

function sealedTo(key: SealingKey, value: string): Promise<string> {
  return sealValue(utf8(value), BINDING, key.certificate);
}

function sealedWith(encryptedData: Readonly<Record<string, string>>): SealedSecret {
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name: BINDING.name, namespace: BINDING.namespace },
    spec: { encryptedData },
  };
}

interface Around {
  readonly later?: unknown;
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: object;
}

function within(sealed: SealedSecret, { metadata, spec, ...rest }: Around): SealedSecret {
  const annotations = { ...metadata?.annotations, ...sealed.metadata.annotations };
  return readSealedSecret({
    ...sealed,
    ...rest,
    metadata: { ...metadata, ...sealed.metadata, annotations },
    spec: { ...spec, encryptedData: sealed.spec.encryptedData },
  });
}

/** The object with the length alone of each ciphertext. */
function blanked(sealed: SealedSecret): SealedSecret {
  const lengths = Object.entries(sealed.spec.encryptedData).map(([item, text]) => [item, String(text.length)]);
  return { ...sealed, spec: { ...sealed.spec, encryptedData: Object.fromEntries(lengths) } };
}

function withoutTemplate({ spec: { encryptedData }, ...rest }: SealedSecret): SealedSecret {
  return { ...rest, spec: { encryptedData } };
}
