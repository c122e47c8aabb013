import { afterEach, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { utf8 } from "../src/bytes.ts";
import {
  diagnose,
  edit,
  type RenderRequest,
  reseal,
  type SealedSecret,
  type SecretTemplate,
  seal,
  sealValue,
  unseal,
} from "../src/index.ts";
import { problemOf } from "./problems.ts";
import { testKey, testRing } from "./test-keys.ts";

const ring = await testRing("rsa-2048", "other-rsa-2048");
const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Everything that is drawn or decrypted while an action runs: session keys and values, as they are left when it has ended. */
async function leftBy(
  action: () => Promise<unknown>,
): Promise<{ readonly keys: boolean[]; readonly values: boolean[] }> {
  const seen = { keys: [] as Uint8Array[], values: [] as Uint8Array[] };
  const { decryptOaep, decryptGcm, randomBytes } = cryptography;
  vi.spyOn(cryptography, "randomBytes").mockImplementation((length) => {
    const bytes = randomBytes(length);
    seen.keys.push(bytes);
    return bytes;
  });
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
  const object = await sealedWith({ a: "value" });
  const left = await leftBy(() => unseal(object, ring));
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

test("unseal wipes what spec.data held once it has read the Secret", async () => {
  const secret = { apiVersion: "v1", kind: "Secret", stringData: { a: "value" } };
  const { a = "" } = (await sealedWith({ a: JSON.stringify(secret) })).spec.encryptedData;
  const object = { ...(await sealedWith({})), spec: { encryptedData: {}, data: a } };
  const left = await leftBy(() => unseal(object, ring, { acceptDeprecatedData: true }));
  expect(left).toEqual({ keys: [true], values: [true] });
});

test("unseal wipes the items that a template leaves out, and hands the others over", async () => {
  const metadata = { annotations: { "sealwright.dev/omit": "b" } };
  const object = await templated({ a: "1", b: "2", c: "3" }, { metadata, data: { c: null } });
  const left = await leftBy(() => unseal(object, ring));
  expect(left).toEqual({ keys: [true, true, true], values: [false, true, true] });
});

test("unseal wipes what a template rendered that is left out", async () => {
  const rendered = utf8("rendered");
  const templates = { render: async () => new Map([["b", rendered]]), close: () => {} };
  const metadata = { annotations: { "sealwright.dev/omit": "b" } };
  await unseal(await templated({ a: "1" }, { metadata, data: { b: "{{ .a }}" } }), ring, { templates });
  expect(rendered).toEqual(new Uint8Array(rendered.length));
});

test("unseal wipes all items where a template fails, and only then", async () => {
  let seen = "";
  const render = async ({ items }: RenderRequest) => {
    seen = new TextDecoder().decode(items.get("a"));
    throw new Error("failed");
  };
  const object = await templated({ a: "value" }, { data: { b: "{{ .a }}" } });
  const left = await leftBy(() => unseal(object, ring, { templates: { render, close: () => {} } }).catch(() => null));
  expect([seen, left]).toEqual(["value", { keys: [true], values: [true] }]);
});

test.each([
  ["opens", { c: null }],
  ["fails", { c: "{{ .a }}" }],
])("what the caller knew stays his, whether unsealing %s", async (_, data) => {
  const known = new Map(["b", "c"].map((item) => [item, utf8(item)]));
  const metadata = { annotations: { "sealwright.dev/omit": "b" } };
  const object = await templated({ a: "1", b: "2", c: "3" }, { metadata, data });
  await unseal(object, ring, { known }).catch(() => null);
  expect(known).toEqual(new Map(["b", "c"].map((item) => [item, utf8(item)])));
});

test("reseal wipes everything", async () => {
  const { certificate } = await testKey("other-rsa-2048");
  const object = await sealedWith({ a: "value" });
  const left = await leftBy(() => reseal(object, ring, { certificate }));
  expect(left).toEqual({ keys: [true, true], values: [true] });
});

test("diagnose wipes everything", async () => {
  const object = await sealedWith({ a: "value" });
  const left = await leftBy(() => diagnose(object, ring));
  expect(left).toEqual({ keys: [true], values: [true] });
});

test("seal and edit wipe session keys, and leave the values that they were given", async () => {
  const { certificate } = await testKey("rsa-2048");
  const value = utf8("value");
  const left = await leftBy(async () => {
    const sealed = await seal(
      { metadata: { name: "n", namespace: "ns" }, data: new Map([["a", value]]) },
      { certificate },
    );
    await edit(sealed, [{ edit: "set", item: "b", value }], { certificate });
  });
  expect(left).toEqual({ keys: [true, true], values: [] });
  expect(value).toEqual(utf8("value"));
});

test("a session key is wiped where sealing fails", async () => {
  const { certificate } = await testKey("rsa-2048");
  vi.spyOn(cryptography, "encryptGcm").mockRejectedValue(new Error("failed"));
  const left = await leftBy(() => sealValue(utf8("value"), BINDING, certificate).catch(() => null));
  expect(left.keys).toEqual([true]);
});

async function templated(values: Readonly<Record<string, string>>, template: SecretTemplate): Promise<SealedSecret> {
  const sealed = await sealedWith(values);
  return { ...sealed, spec: { ...sealed.spec, template } };
}

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
