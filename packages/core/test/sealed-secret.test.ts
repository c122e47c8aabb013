import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bindingOf, readSealedSecret } from "../src/index.ts";
import * as arbitrary from "./arbitraries.ts";
import { problemOf } from "./problems.ts";

const MANIFEST = {
  apiVersion: "bitnami.com/v1alpha1",
  kind: "SealedSecret",
  metadata: { name: "n", namespace: "ns" },
  spec: { encryptedData: { a: "AAAA" } },
};

describe("readSealedSecret", () => {
  test("keeps every field that it does not know, at every level", () => {
    const manifest = {
      ...MANIFEST,
      metadata: { name: "n", namespace: "ns", uid: "1", generation: 2, managedFields: [{}], ownerReferences: null },
      spec: {
        encryptedData: { a: "AAAA" },
        template: {
          metadata: { name: "n", finalizers: ["a/b"] },
          type: "Opaque",
          immutable: true,
          data: { b: "plain", c: null },
          later: { nested: [1] },
        },
        later: null,
      },
      status: { observedGeneration: 1, conditions: [] },
      later: true,
    };
    expect(readSealedSecret(manifest)).toEqual(manifest);
  });

  test("takes every known field that is null for an absent one", () => {
    const template = { metadata: null, type: null, immutable: null, data: null };
    const spec = { encryptedData: null, data: null, template };
    const metadata = { name: "n", namespace: null, labels: null, annotations: null };
    expect(readSealedSecret({ ...MANIFEST, metadata, spec })).toEqual({
      ...MANIFEST,
      metadata: { name: "n" },
      spec: { encryptedData: {}, template: {} },
    });
    expect(readSealedSecret({ ...MANIFEST, spec: { template: null } }).spec).toEqual({ encryptedData: {} });
  });

  test("keeps items named as an object's prototype names its own", () => {
    const text = `{"__proto__":"AAAA","constructor":"BBBB"}`;
    const { spec } = readSealedSecret({ ...MANIFEST, spec: { encryptedData: JSON.parse(text) } });
    expect(JSON.stringify(spec.encryptedData)).toBe(text);
  });

  test.each([
    [{ ...MANIFEST, kind: "Secret" }, "bitnami.com/v1alpha1 Secret"],
    [{ ...MANIFEST, apiVersion: "bitnami.com/v1" }, "bitnami.com/v1 SealedSecret"],
    [{ apiVersion: "v1", kind: "Secret" }, "v1 Secret"],
    [{ spec: {} }, null],
    [null, null],
  ])("refuses another kind: %j", async (manifest, found) => {
    const problem = await problemOf(() => readSealedSecret(manifest));
    expect(problem).toEqual({ code: "wrong_kind", expected: "SealedSecret", found });
  });

  test.each([
    ["the document", "an object", [MANIFEST]],
    ["metadata", "an object", { ...MANIFEST, metadata: [] }],
    ["metadata.annotations.a", "a string", { ...MANIFEST, metadata: { annotations: { a: true } } }],
    ["spec", "an object", { ...MANIFEST, spec: null }],
    ["spec", "an object", { ...MANIFEST, spec: "" }],
    ["spec.encryptedData", "an object", withSpec({ encryptedData: ["AAAA"] })],
    ["spec.encryptedData.a", "a string", withSpec({ encryptedData: { a: 1 } })],
    ["spec.data", "a string", withSpec({ data: {} })],
    ["spec.template", "an object", withSpec({ template: "" })],
    ["spec.template.metadata", "an object", withSpec({ template: { metadata: "n" } })],
    ["spec.template.metadata.labels.a", "a string", withSpec({ template: { metadata: { labels: { a: 1 } } } })],
    ["spec.template.type", "a string", withSpec({ template: { type: 1 } })],
    ["spec.template.immutable", "true or false", withSpec({ template: { immutable: "yes" } })],
    ["spec.template.data", "an object", withSpec({ template: { data: "" } })],
    ["spec.template.data.a", "a string or null", withSpec({ template: { data: { a: 1 } } })],
  ])("refuses %s that is not %s", async (field, expected, manifest) => {
    expect(await problemOf(() => readSealedSecret(manifest))).toEqual({ code: "invalid_field", field, expected });
  });
});

test("readSealedSecret reads back whatever it has read, printed", () => {
  const strings = fc.dictionary(arbitrary.itemName, fc.string(), { maxKeys: 3 });
  const manifest = fc.record({
    apiVersion: fc.constant(MANIFEST.apiVersion),
    kind: fc.constant(MANIFEST.kind),
    metadata: fc.record(
      { name: fc.string(), annotations: fc.option(strings), later: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        encryptedData: fc.option(strings),
        data: fc.option(fc.string()),
        template: fc.option(
          fc.record({ type: fc.string(), immutable: fc.option(fc.boolean()), later: fc.jsonValue() }),
        ),
        later: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
    status: fc.jsonValue(),
  });
  fc.assert(
    fc.property(manifest, (given) => {
      const read = readSealedSecret(JSON.parse(JSON.stringify(given)));
      const text = JSON.stringify(read);
      expect(JSON.stringify(readSealedSecret(JSON.parse(text)))).toBe(text);
    }),
  );
});

describe("bindingOf", () => {
  test("goes by the object's own annotations, and not by its template's", () => {
    const wide = { "sealedsecrets.bitnami.com/cluster-wide": "true" };
    const template = { metadata: { name: "other", namespace: "other", annotations: wide } };
    const sealed = readSealedSecret(withSpec({ template }));
    expect(bindingOf(sealed)).toEqual({ scope: "strict", namespace: "ns", name: "n" });
    const annotated = { ...sealed, metadata: { ...sealed.metadata, annotations: wide } };
    expect(bindingOf(annotated)).toEqual({ scope: "cluster-wide", namespace: "ns", name: "n" });
  });
});

function withSpec(spec: object) {
  return { ...MANIFEST, spec };
}
