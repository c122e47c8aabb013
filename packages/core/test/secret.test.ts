import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../src/bytes.ts";
import { readSecret, secretManifest, wipeSecret } from "../src/index.ts";
import * as arbitrary from "./arbitraries.ts";
import { problemOf } from "./problems.ts";
import { itemsOf } from "./test-keys.ts";

const MANIFEST = { apiVersion: "v1", kind: "Secret", metadata: { name: "n", namespace: "ns" } };

describe("readSecret", () => {
  test("reads type, immutable and the bytes of the items", () => {
    const secret = readSecret({ ...MANIFEST, type: "Opaque", immutable: false, data: { a: "AP8=", "b.c": "" } });
    expect(secret).toMatchObject({ type: "Opaque", immutable: false, metadata: { name: "n", namespace: "ns" } });
    expect(itemsOf(secret.data)).toEqual(
      new Map([
        ["a", "AP8="],
        ["b.c", ""],
      ]),
    );
  });

  test("lets stringData win over data, and takes it for UTF-8", () => {
    const { data } = readSecret({ ...MANIFEST, data: { a: "AAAA", b: "AAAA" }, stringData: { a: "ü🦭" } });
    expect([...data.keys()]).toEqual(["a", "b"]);
    expect(Array.from(data.get("a") ?? [])).toEqual(Array.from(utf8("ü🦭")));
  });

  test("takes a null value for an empty one, in stringData too", () => {
    const secret = readSecret({ ...MANIFEST, data: { a: null, b: "AAAA" }, stringData: { b: null } });
    expect(itemsOf(secret.data)).toEqual(
      new Map([
        ["a", ""],
        ["b", ""],
      ]),
    );
  });

  test("keeps an item named __proto__", () => {
    const secret = readSecret(JSON.parse(`{"apiVersion":"v1","kind":"Secret","data":{"__proto__":"AA=="}}`));
    expect(itemsOf(secret.data)).toEqual(new Map([["__proto__", "AA=="]]));
    expect(Object.entries(secretManifest(secret)["data"] as object)).toEqual([["__proto__", "AA=="]]);
  });

  test("reads the lines of a folded base64 value as one", () => {
    expect(itemsOf(readSecret({ ...MANIFEST, data: { a: "AA\nAA\r\n" } }).data)).toEqual(new Map([["a", "AAAA"]]));
  });

  test("takes every known field that is null for an absent one", () => {
    const metadata = { name: null, namespace: null, labels: null, annotations: null };
    const secret = readSecret({ ...MANIFEST, metadata, type: null, immutable: null, data: null, stringData: null });
    expect(secret).toEqual({ metadata: {}, data: new Map() });
    expect(readSecret({ ...MANIFEST, metadata: null }).metadata).toEqual({});
  });

  test("leaves out what the API server owns, and keeps what it does not know", () => {
    const owned = {
      uid: "1",
      resourceVersion: "2",
      generation: 3,
      creationTimestamp: null,
      deletionTimestamp: "2026-01-01T00:00:00Z",
      deletionGracePeriodSeconds: 0,
      selfLink: "/",
      ownerReferences: [{}],
      managedFields: [{}],
    };
    const kept = { name: "n", labels: { a: "b" }, finalizers: ["a/b"], generateName: "n-" };
    expect(readSecret({ ...MANIFEST, metadata: { ...owned, ...kept } }).metadata).toEqual(kept);
  });

  test("leaves out the annotations that hold a copy of the plaintext", () => {
    const annotations = {
      "kubectl.kubernetes.io/last-applied-configuration": "{}",
      "kubecfg.ksonnet.io/last-applied-configuration": "{}",
      "example.com/kept": "yes",
    };
    const { metadata } = readSecret({ ...MANIFEST, metadata: { name: "n", annotations } });
    expect(metadata).toEqual({ name: "n", annotations: { "example.com/kept": "yes" } });
  });
});

describe("what readSecret refuses", () => {
  test.each([
    [{ ...MANIFEST, kind: "ConfigMap" }, "v1 ConfigMap"],
    [{ ...MANIFEST, apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret" }, "bitnami.com/v1alpha1 SealedSecret"],
    [{ ...MANIFEST, apiVersion: "v2" }, "v2 Secret"],
    [{ kind: "Secret" }, "Secret"],
    [{ kind: 1 }, null],
    [{}, null],
    [null, null],
    [undefined, null],
  ])("another kind: %j", async (manifest, found) => {
    expect(await problemOf(() => readSecret(manifest))).toEqual({ code: "wrong_kind", expected: "Secret", found });
  });

  test.each([
    ["the document", "an object", "a string"],
    ["the document", "an object", 7],
    ["the document", "an object", [MANIFEST]],
    ["metadata", "an object", { ...MANIFEST, metadata: "n" }],
    ["metadata.name", "a string", { ...MANIFEST, metadata: { name: 7 } }],
    ["metadata.namespace", "a string", { ...MANIFEST, metadata: { namespace: true } }],
    ["metadata.labels", "an object", { ...MANIFEST, metadata: { labels: [] } }],
    ["metadata.labels.a", "a string", { ...MANIFEST, metadata: { labels: { a: 1 } } }],
    ["metadata.annotations.a", "a string", { ...MANIFEST, metadata: { annotations: { a: true } } }],
    ["type", "a string", { ...MANIFEST, type: 1 }],
    ["immutable", "true or false", { ...MANIFEST, immutable: "true" }],
    ["data", "an object", { ...MANIFEST, data: ["AAAA"] }],
    ["data.a", "a string", { ...MANIFEST, data: { a: 1234 } }],
    ["stringData", "an object", { ...MANIFEST, stringData: "a" }],
    ["stringData.a", "a string", { ...MANIFEST, stringData: { a: false } }],
  ])("%s that is not %s", async (field, expected, manifest) => {
    expect(await problemOf(() => readSecret(manifest))).toEqual({ code: "invalid_field", field, expected });
  });

  test.each(["plain text", "AAA", "AA-_", "AA=A"])("a value that is not base64: %s", async (text) => {
    const manifest = { ...MANIFEST, data: { fine: "AAAA", broken: text } };
    expect(await problemOf(() => readSecret(manifest))).toEqual({ code: "invalid_base64", field: "data.broken" });
  });
});

test("secretManifest writes what readSecret reads", () => {
  const manifest = { ...MANIFEST, type: "Opaque", immutable: true, data: { a: "AP8=", b: "" } };
  expect(secretManifest(readSecret(manifest))).toEqual(manifest);
});

test("readSecret reads back whatever secretManifest prints", () => {
  fc.assert(
    fc.property(arbitrary.secret, (secret) => {
      const read = readSecret(JSON.parse(JSON.stringify(secretManifest(secret))));
      expect({ ...read, data: itemsOf(read.data) }).toEqual({ ...secret, data: itemsOf(secret.data) });
    }),
  );
});

test("wipeSecret leaves nothing of the values", () => {
  const secret = readSecret({ ...MANIFEST, data: { a: "AP8=" }, stringData: { b: "plain" } });
  wipeSecret(secret);
  expect([...secret.data.values()].every((value) => value.every((byte) => byte === 0))).toBe(true);
});
