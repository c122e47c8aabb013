import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { decodeBase64, encodeBase64, utf8 } from "../src/bytes.ts";
import {
  type ItemFailure,
  KeyRing,
  OMIT_ANNOTATION,
  readSealedSecret,
  type Scope,
  type SealedSecret,
  type SecretTemplate,
  seal,
  sealValue,
  unseal,
  unsealedItems,
} from "../src/index.ts";
import { withScope } from "../src/scope.ts";
import * as arbitrary from "./arbitraries.ts";
import { nextTask } from "./next-task.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testKey, testKeyAt, testRing } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const ring = await testRing("rsa-2048");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("what was sealed", () => {
  test("opens again, whatever the scope, the items' names and their values", async () => {
    await fc.assert(
      fc.asyncProperty(arbitrary.secret, arbitrary.scope, async (secret, scope) => {
        const sealed = readSealedSecret(JSON.parse(JSON.stringify(await seal(secret, { certificate, scope }))));
        const unsealed = await unseal(sealed, ring);
        expect(itemsOf(unsealed.secret.data)).toEqual(itemsOf(secret.data));
        expect(unsealed.secret.metadata).toEqual({
          ...secret.metadata,
          ...(scope === "strict" ? {} : { annotations: withScope({}, scope) }),
        });
        expect(unsealed.keys).toEqual(new Set([certificate.fingerprint]));
      }),
      { numRuns: 40 },
    );
  });

  test("does not open once any bit of a value has changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 40 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat({ max: 7 }),
        async (value, place, bit) => {
          const bytes = decodeBase64(await sealValue(value, BINDING, certificate)) ?? new Uint8Array();
          const at = Math.floor(place * bytes.length);
          const changed = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ (1 << bit) : byte));
          const problem = await problemOf(() => unseal(sealedWith({ item: encodeBase64(changed) }), ring));
          const expected = at < 2 ? afterPrefixChange(changed) : "no_key_opens";
          expect(problem).toEqual(undecryptable(["item", expected]));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("opens under another binding exactly where its scope allows it", async () => {
    const other = { name: "other", namespace: "elsewhere" };
    await fc.assert(
      fc.asyncProperty(
        arbitrary.scope,
        arbitrary.scope,
        fc.boolean(),
        fc.boolean(),
        async (sealedAs, openedAs, renamed, moved) => {
          const sealed = sealedWith({ item: await sealValue(VALUE, { ...BINDING, scope: sealedAs }, certificate) });
          const metadata = {
            name: renamed ? other.name : BINDING.name,
            namespace: moved ? other.namespace : BINDING.namespace,
            annotations: withScope({}, openedAs),
          };
          const opening = unseal({ ...sealed, metadata }, ring);
          if (sealedAs === openedAs && !FORBIDDEN[sealedAs]({ renamed, moved })) {
            expect(itemsOf((await opening).secret.data)).toEqual(new Map([["item", encodeBase64(VALUE)]]));
          } else {
            expect(await problemOf(() => opening)).toEqual(undecryptable(["item", "no_key_opens"]));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is refused whole, with every item that fails and why", async () => {
    const [fine, altered] = await Promise.all([1, 2].map(() => sealValue(VALUE, BINDING, certificate)));
    const large = await sealValue(VALUE, BINDING, (await testKey("rsa-4096")).certificate);
    const sealed = sealedWith({
      fine: fine ?? "",
      ["__proto__"]: "***",
      constructor: `${(altered ?? "").slice(0, -8)}AAAAAAA=`,
      short: "AQA=",
      large,
    });
    expect(await problemOf(() => unseal(sealed, ring))).toEqual(
      undecryptable(
        ["__proto__", "not_base64"],
        ["constructor", "no_key_opens"],
        ["short", "too_short"],
        ["large", "no_key_of_that_length"],
      ),
    );
  });
});

describe("the key ring", () => {
  test("opens items of several keys, and says which keys those were", async () => {
    const keys = ["rsa-2048", "other-rsa-2048", "rsa-4096"];
    const used = await Promise.all(["other-rsa-2048", "rsa-4096"].map(testKey));
    const sealed = sealedWith(
      Object.fromEntries(
        await Promise.all(
          used.map(async (key, index) => [`item-${index}`, await sealValue(VALUE, BINDING, key.certificate)]),
        ),
      ),
    );
    const unsealed = await unseal(sealed, await testRing(...keys));
    expect([...unsealed.secret.data.keys()]).toEqual(["item-0", "item-1"]);
    expect(unsealed.keys).toEqual(new Set(used.map(({ fingerprint }) => fingerprint)));
  });

  test("is tried newest first, and the key that opened an item is tried first on the next", async () => {
    const [old, recent] = await Promise.all([testKeyAt("rsa-2048", 2026), testKeyAt("other-rsa-2048", 2027)]);
    const items = await Promise.all(
      ["a", "b", "c"].map(async (item) => [item, await sealValue(VALUE, BINDING, old.certificate)]),
    );
    const tried = vi.spyOn(cryptography, "decryptOaep");
    await unseal(sealedWith(Object.fromEntries(items)), new KeyRing([old, recent]));
    expect(tried.mock.calls.map(([key]) => (key === old.privateKey ? "old" : "recent"))).toEqual([
      "recent",
      "old",
      "old",
      "old",
    ]);
  });

  test("is not asked for keys of another length", async () => {
    const tried = vi.spyOn(cryptography, "decryptOaep");
    const sealed = sealedWith({ item: await sealValue(VALUE, BINDING, certificate) });
    await problemOf(async () => unseal(sealed, await testRing("rsa-4096", "other-rsa-4096")));
    expect(tried).not.toHaveBeenCalled();
  });

  test("may be empty: that is no matter of the values", async () => {
    const sealed = sealedWith({ item: await sealValue(VALUE, BINDING, certificate) });
    expect(await problemOf(() => unseal(sealed, new KeyRing([])))).toEqual({ code: "no_sealing_key" });
  });
});

describe("the template", () => {
  test("gives type, immutable, labels and annotations", async () => {
    const metadata = { labels: { app: "ledger" }, annotations: { owner: "ada" }, finalizers: ["example.com/kept"] };
    const { secret } = await unseal(templated({ type: "example.com/token", immutable: true, metadata }), ring);
    expect(secret).toMatchObject({ type: "example.com/token", immutable: true, metadata });
  });

  test("gives neither name nor namespace", async () => {
    const metadata = { name: "hostile", namespace: "kube-system" };
    const sealed = templated({ metadata });
    expect((await unseal(sealed, ring)).secret.metadata).toEqual({ name: BINDING.name, namespace: BINDING.namespace });
    const { secret } = await unseal({ ...sealed, metadata: { name: "alone" } }, ring);
    expect(secret.metadata).toEqual({ name: "alone" });
  });

  test("gives nothing that the API server owns, and no copy of an earlier plaintext", async () => {
    const metadata = {
      uid: "1",
      resourceVersion: "2",
      ownerReferences: [{ kind: "Node" }],
      managedFields: [],
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", kept: "yes" },
    };
    const { secret } = await unseal(templated({ metadata }), ring);
    expect(secret.metadata).toEqual({ name: BINDING.name, namespace: BINDING.namespace, annotations: { kept: "yes" } });
  });

  test("adds plain items, but never in the place of an encrypted one", async () => {
    const sealed = await withTemplateData({ item: "template's", added: "plain ✓", ["__proto__"]: "plain" });
    const { secret } = await unseal(sealed, ring);
    expect(itemsOf(secret.data)).toEqual(
      new Map([
        ["item", encodeBase64(VALUE)],
        ["added", encodeBase64(utf8("plain ✓"))],
        ["__proto__", encodeBase64(utf8("plain"))],
      ]),
    );
  });

  test("leaves out the items that it has as null", async () => {
    const { secret } = await unseal(await withTemplateData({ item: null, absent: null, kept: "" }), ring);
    expect([...secret.data.keys()]).toEqual(["kept"]);
  });

  test("is refused where it is a Go template, which no engine here renders yet", async () => {
    const sealed = await withTemplateData({ plain: "plain", rendered: "user: {{ .item }}" });
    expect(await problemOf(() => unseal(sealed, ring))).toEqual({ code: "template_engine_absent", item: "rendered" });
  });

  test("may be absent or null", async () => {
    const { template: _, ...spec } = templated({}).spec;
    for (const template of [{}, { template: null }]) {
      const sealed = readSealedSecret({ ...templated({}), spec: { ...spec, ...template } });
      expect((await unseal(sealed, ring)).secret.data.size).toBe(0);
    }
  });
});

describe("items that are known from before", () => {
  test("are not opened, and the others are: the Secret is the same", async () => {
    const [a, b] = await Promise.all(["a", "b"].map((text) => sealValue(utf8(text), BINDING, certificate)));
    const sealed = sealedWith({ a: a ?? "", ["__proto__"]: b ?? "" });
    const whole = await unseal(sealed, ring);
    expect(whole.keyOf).toEqual(new Map(["a", "__proto__"].map((item) => [item, certificate.fingerprint])));
    const tried = vi.spyOn(cryptography, "decryptOaep");
    const rest = await unseal(sealed, ring, { known: new Map([["__proto__", utf8("b")]]) });
    expect(tried).toHaveBeenCalledTimes(1);
    expect(itemsOf(rest.secret.data)).toEqual(itemsOf(whole.secret.data));
    expect(rest.keyOf).toEqual(new Map([["a", certificate.fingerprint]]));
  });

  test("cost nothing where they are all of them", async () => {
    const sealed = await withTemplateData({ added: "plain", item: null });
    const tried = vi.spyOn(cryptography, "decryptOaep");
    const { secret, keys } = await unseal(sealed, ring, { known: new Map([["item", VALUE]]) });
    expect(tried).not.toHaveBeenCalled();
    expect(itemsOf(secret.data)).toEqual(new Map([["added", encodeBase64(utf8("plain"))]]));
    expect(keys.size).toBe(0);
  });
});

test("the names of a Secret's items can be told without opening any", async () => {
  const sealedItem = await sealValue(VALUE, BINDING, certificate);
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "__proto__", "constructor"));
  const texts = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "constructor"), fc.option(fc.constant("plain")));
  await fc.assert(
    fc.asyncProperty(names, texts, names, async (items, data, omitted) => {
      const metadata = { annotations: { [OMIT_ANNOTATION]: omitted.join(", ") } };
      const sealed = sealedWith(Object.fromEntries(items.map((item) => [item, sealedItem])));
      const object = { ...sealed, spec: { ...sealed.spec, template: { metadata, data } } };
      const { secret } = await unseal(object, ring);
      expect(unsealedItems(object)).toEqual(new Set(secret.data.keys()));
    }),
    { numRuns: 40 },
  );
});

test("an item that the template has as null is none of those names", () => {
  const sealed = sealedWith({ a: "", b: "" });
  const object = { ...sealed, spec: { ...sealed.spec, template: { data: { b: null, c: null, d: "plain" } } } };
  expect(unsealedItems(object)).toEqual(new Set(["a", "d"]));
});

test("an object without a name is refused", async () => {
  const sealed = { ...sealedWith({}), metadata: { namespace: "payments" } };
  expect(await problemOf(() => unseal(sealed, ring))).toEqual({ code: "missing_name" });
  expect(await problemOf(() => unseal({ ...sealed, metadata: { name: "" } }, ring))).toEqual({ code: "missing_name" });
});

test("spec.data is refused by name, but not where it is null, as old releases of kubeseal wrote it", async () => {
  const { spec, ...rest } = sealedWith({ item: await sealValue(VALUE, BINDING, certificate) });
  const withData = (data: unknown) => readSealedSecret({ ...rest, spec: { ...spec, data } });
  expect(await problemOf(() => unseal(withData("AAAA"), ring))).toEqual({ code: "deprecated_data" });
  expect((await unseal(withData(null), ring)).secret.data.size).toBe(1);
});

const VALUE = utf8("a value");
const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;

/** Which changes of the binding a scope does not allow. */
const FORBIDDEN: Record<Scope, (change: { renamed: boolean; moved: boolean }) => boolean> = {
  strict: ({ renamed, moved }) => renamed || moved,
  "namespace-wide": ({ moved }) => moved,
  "cluster-wide": () => false,
};

function sealedWith(encryptedData: Readonly<Record<string, string>>): SealedSecret {
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name: BINDING.name, namespace: BINDING.namespace },
    spec: { encryptedData },
  };
}

function templated(template: SecretTemplate): SealedSecret {
  return { ...sealedWith({}), spec: { encryptedData: {}, template } };
}

async function withTemplateData(data: Readonly<Record<string, string | null>>): Promise<SealedSecret> {
  const sealed = sealedWith({ item: await sealValue(VALUE, BINDING, certificate) });
  return { ...sealed, spec: { ...sealed.spec, template: { data } } };
}

/** What a changed length prefix makes of a value sealed to 2048 bits. */
function afterPrefixChange([high = 0, low = 0, ...rest]: Uint8Array): ItemFailure {
  return rest.length < ((high << 8) | low) + 16 ? "too_short" : "no_key_of_that_length";
}

function undecryptable(...items: readonly (readonly [string, ItemFailure])[]) {
  return { code: "undecryptable", items: new Map(items) };
}

describe("a hostile SealedSecret", () => {
  test("is not tried any further once five of its items have failed", async () => {
    const trials = vi.spyOn(cryptography, "decryptOaep");
    const wrong = await sealValue(utf8("x"), { ...BINDING, name: "another" }, certificate);
    const items = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`item-${index}`, wrong]));
    const problem = await problemOf(() => unseal(sealedWith(items), ring));
    expect(problem).toMatchObject({ code: "undecryptable" });
    expect(trials).toHaveBeenCalledTimes(5);
  });

  test("leaves everybody else his turn between two decryptions", async () => {
    const value = await sealValue(utf8("x"), BINDING, certificate);
    const items = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`item-${index}`, value]));
    let done = false;
    const unsealed = unseal(sealedWith(items), ring).finally(() => {
      done = true;
    });
    let turns = 0;
    for (; !done; turns += 1) await nextTask();
    await unsealed;
    expect(turns).toBeGreaterThanOrEqual(20);
  });
});
