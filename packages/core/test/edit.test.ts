import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeBase64, utf8 } from "../src/bytes.ts";
import { type Edit, edit, readHints, type SealedSecret, seal, unseal } from "../src/index.ts";
import * as arbitrary from "./arbitraries.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testKey, testRing } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const ring = await testRing("rsa-2048");
const NEW = utf8("a new value");

const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ edit: fc.constant("set" as const), item: arbitrary.itemName, value: arbitrary.itemValue }),
  fc.record({ edit: fc.constant("rename" as const), item: arbitrary.itemName, to: arbitrary.itemName }),
  fc.record({ edit: fc.constant("remove" as const), item: arbitrary.itemName }),
);

describe("edit", () => {
  test("does to the sealed items what would be done to the plain ones, in any scope", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitrary.secret,
        arbitrary.scope,
        fc.array(anyEdit, { maxLength: 5 }),
        async (secret, scope, given) => {
          const { edits, data } = applied(secret.data, given);
          const sealed = await seal(secret, { certificate, scope });
          const edited = await edit(sealed, edits, { certificate });
          expect(itemsOf((await unseal(edited, ring)).secret.data)).toEqual(itemsOf(data));
          expect({ ...edited, spec: { ...edited.spec, encryptedData: {} } }).toEqual({
            ...sealed,
            spec: { ...sealed.spec, encryptedData: {} },
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test("leaves all other items to the byte, and the object that it was given", async () => {
    const sealed = await sealedSecret();
    const before = JSON.stringify(sealed);
    const edited = await edit(sealed, [{ edit: "replace", item: "b", value: NEW }], { certificate });
    const { b, ...others } = edited.spec.encryptedData;
    const { b: old, ...untouched } = sealed.spec.encryptedData;
    expect(JSON.stringify(others)).toBe(JSON.stringify(untouched));
    expect(b).not.toBe(old);
    expect(Object.keys(edited.spec.encryptedData)).toEqual(["a", "b", "c"]);
    expect(JSON.stringify(sealed)).toBe(before);
  });

  test("renames without touching the ciphertext, in its place", async () => {
    const sealed = await sealedSecret();
    const { spec } = await edit(sealed, [{ edit: "rename", item: "b", to: "z" }], { certificate });
    const { a, b, c } = sealed.spec.encryptedData;
    expect(Object.entries(spec.encryptedData)).toEqual([
      ["a", a],
      ["z", b],
      ["c", c],
    ]);
    expect((await edit(sealed, [{ edit: "rename", item: "b", to: "b" }], { certificate })).spec).toEqual(sealed.spec);
  });

  test("renames and removes without a certificate, and seals nothing", async () => {
    const sealed = await sealedSecret({ hints: true });
    const without = await edit(sealed, [
      { edit: "rename", item: "b", to: "z" },
      { edit: "remove", item: "a" },
    ]);
    const { b, c } = sealed.spec.encryptedData;
    expect(without.spec.encryptedData).toEqual({ z: b, c });
    expect([...readHints(without.metadata.annotations).keys()]).toEqual(["z", "c"]);
    const set = edit as (sealed: SealedSecret, edits: Iterable<Edit>) => Promise<SealedSecret>;
    await expect(set(sealed, [{ edit: "set", item: "a", value: NEW }])).rejects.toThrow("takes a certificate");
  });

  test.each([
    [
      { edit: "add", item: "a", value: NEW },
      { code: "item_exists", item: "a" },
    ],
    [
      { edit: "rename", item: "a", to: "b" },
      { code: "item_exists", item: "b" },
    ],
    [
      { edit: "replace", item: "z", value: NEW },
      { code: "item_missing", item: "z" },
    ],
    [
      { edit: "replace", item: "toString", value: NEW },
      { code: "item_missing", item: "toString" },
    ],
    [
      { edit: "rename", item: "z", to: "b" },
      { code: "item_missing", item: "z" },
    ],
    [
      { edit: "remove", item: "z" },
      { code: "item_missing", item: "z" },
    ],
    [
      { edit: "add", item: "a/b", value: NEW },
      { code: "invalid_item_name", item: "a/b" },
    ],
    [
      { edit: "rename", item: "a", to: ".." },
      { code: "invalid_item_name", item: ".." },
    ],
  ] as const)("refuses %j", async (change, problem) => {
    const sealed = await sealedSecret();
    expect(await problemOf(() => edit(sealed, [change], { certificate }))).toEqual(problem);
  });

  test("counts what stays when it limits the size of all, though it opens none of it", async () => {
    const half = new Uint8Array(512 * 1024);
    const sealed = await edit(await sealedSecret(), [{ edit: "set", item: "half", value: half }], { certificate });
    const over: Edit = { edit: "add", item: "other", value: half };
    expect(await problemOf(() => edit(sealed, [over], { certificate }))).toMatchObject({ code: "too_large" });
    const exact: Edit = { edit: "add", item: "other", value: half.subarray(3) };
    expect(Object.keys((await edit(sealed, [exact], { certificate })).spec.encryptedData)).toHaveLength(5);
    expect(Object.keys((await edit(sealed, [over], { certificate, unchecked: true })).spec.encryptedData)).toHaveLength(
      5,
    );
  });

  test("refuses to seal to a binding that is not known, though it may remove", async () => {
    const { metadata, ...rest } = await sealedSecret();
    const set: Edit = { edit: "set", item: "a", value: NEW };
    for (const [bare, problem] of [
      [{ name: "n" }, { code: "missing_namespace", scope: "strict" }],
      [{ namespace: "ns" }, { code: "missing_name" }],
      [
        { name: "a/b", namespace: "ns" },
        { code: "invalid_field", field: "metadata.name" },
      ],
    ] as const) {
      const sealed = { ...rest, metadata: bare };
      expect(await problemOf(() => edit(sealed, [set], { certificate }))).toMatchObject(problem);
      expect((await edit(sealed, [{ edit: "remove", item: "a" }], { certificate })).metadata).toEqual(bare);
    }
    expect(metadata.name).toBe("n");
  });

  test("takes unchecked what the API server would refuse: names of items and the binding", async () => {
    const unchecked = { certificate, unchecked: true };
    const sealed = { ...(await sealedSecret()), metadata: { name: "N/1", namespace: "NS" } };
    const edits: Edit[] = [
      { edit: "set", item: "a/b", value: NEW },
      { edit: "rename", item: "a", to: ".." },
    ];
    const edited = await edit(sealed, edits, unchecked);
    expect(Object.keys(edited.spec.encryptedData)).toEqual(["..", "b", "c", "a/b"]);
    const { "a/b": added = "" } = edited.spec.encryptedData;
    const { secret } = await unseal({ ...edited, spec: { encryptedData: { "a/b": added } } }, ring);
    expect(itemsOf(secret.data)).toEqual(new Map([["a/b", encodeBase64(NEW)]]));
  });

  test("works beside items that are broken, which it leaves as they are", async () => {
    const sealed = await sealedSecret({ hints: true });
    const broken = { text: "***", short: "AQA=", empty: "" };
    const beside = { ...sealed, spec: { ...sealed.spec, encryptedData: { ...sealed.spec.encryptedData, ...broken } } };
    const edited = await edit(beside, [{ edit: "set", item: "a", value: NEW }], { certificate });
    expect(edited.spec.encryptedData).toMatchObject(broken);
    expect([...readHints(edited.metadata.annotations).keys()]).toEqual(["a", "b", "c"]);
    const mended = await edit(edited, [{ edit: "replace", item: "text", value: NEW }], { certificate });
    expect(mended.spec.encryptedData["text"]).not.toBe("***");
  });

  test("writes hints of what it sealed alone, where they are asked for and the object had none", async () => {
    const edits: Edit[] = [{ edit: "set", item: "b", value: NEW }];
    const edited = await edit(await sealedSecret(), edits, { certificate, hints: true });
    expect([...readHints(edited.metadata.annotations).keys()]).toEqual(["b"]);
  });

  test("refuses spec.data, beside which no item may stand", async () => {
    const { spec, ...rest } = await sealedSecret();
    const sealed = { ...rest, spec: { ...spec, data: "AAAA" } };
    expect(await problemOf(() => edit(sealed, [], { certificate }))).toEqual({ code: "deprecated_data" });
  });

  test("brings hints in step: new for what it sealed, kept under a new name, gone with an item", async () => {
    const sealed = await sealedSecret({ hints: true });
    const { certificate: other } = await testKey("other-rsa-2048");
    const before = readHints(sealed.metadata.annotations);
    const edits: Edit[] = [
      { edit: "replace", item: "a", value: NEW },
      { edit: "rename", item: "b", to: "z" },
      { edit: "remove", item: "c" },
    ];
    const after = readHints((await edit(sealed, edits, { certificate: other })).metadata.annotations);
    expect([...after.keys()]).toEqual(["a", "z"]);
    expect(after.get("a")?.key).toBe(other.fingerprint.slice(7, 19));
    expect(after.get("z")).toEqual(before.get("b"));
  });
});

test("hints follow an item through several edits of it", async () => {
  const sealed = await sealedSecret({ hints: true });
  const { certificate: other } = await testKey("other-rsa-2048");
  const hintsAfter = async (...edits: Edit[]) =>
    readHints((await edit(sealed, edits, { certificate: other })).metadata.annotations);
  const before = readHints(sealed.metadata.annotations);
  const set: Edit = { edit: "set", item: "a", value: NEW };
  const renamed = await hintsAfter(set, { edit: "rename", item: "a", to: "z" });
  expect([...renamed].map(([item, { key }]) => [item, key])).toContainEqual(["z", other.fingerprint.slice(7, 19)]);
  const taken = await hintsAfter(set, { edit: "remove", item: "a" }, { edit: "rename", item: "b", to: "a" });
  expect(taken.get("a")).toEqual(before.get("b"));
});

/** Those edits that are allowed, and what they make of the items. */
function applied(items: ReadonlyMap<string, Uint8Array>, given: readonly Edit[]) {
  let data = new Map(items);
  const edits = given.filter((change) => {
    if (change.edit === "rename") {
      if (!data.has(change.item) || data.has(change.to)) return false;
      data = new Map([...data].map(([item, value]) => [item === change.item ? change.to : item, value]));
    } else if (change.edit === "remove") return data.delete(change.item);
    else data.set(change.item, change.value);
    return true;
  });
  return { edits, data };
}

function sealedSecret(options: { readonly hints?: boolean } = {}): Promise<SealedSecret> {
  const data = new Map(["a", "b", "c"].map((item) => [item, utf8(item)]));
  expect(encodeBase64(data.get("a") ?? NEW)).toBe("YQ==");
  return seal({ metadata: { name: "n", namespace: "ns", labels: { app: "x" } }, data }, { certificate, ...options });
}
