import { describe, expect, test } from "vitest";
import { decodeBase64, utf8 } from "../src/bytes.ts";
import { readSecret, type Secret, seal, sealValue } from "../src/index.ts";
import { problemOf } from "./problems.ts";
import { testKey } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";
const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

describe("the SealedSecret that seal makes", () => {
  test("has the fields of kubeseal's, and no more", async () => {
    const secret = secretWith({ metadata: { name: "database", namespace: "payments" }, type: "Opaque" });
    const sealed = await seal(secret, { certificate });
    expect(sealed).toEqual({
      apiVersion: "bitnami.com/v1alpha1",
      kind: "SealedSecret",
      metadata: { name: "database", namespace: "payments" },
      spec: {
        encryptedData: { item: expect.any(String) },
        template: { metadata: { name: "database", namespace: "payments" }, type: "Opaque" },
      },
    });
  });

  test("has the Secret's metadata in its template, without empty maps", async () => {
    const metadata = { name: "n", namespace: "ns", labels: { app: "ledger" }, annotations: {}, finalizers: ["a/b"] };
    const { metadata: own, spec } = await seal(secretWith({ metadata, immutable: true }), { certificate });
    const { annotations: _, ...kept } = metadata;
    expect(own).toEqual({ name: "n", namespace: "ns" });
    expect(spec.template).toEqual({ metadata: kept, immutable: true });
  });

  test("keeps every item under its own name, whatever a prototype calls its own", async () => {
    const names = ["__proto__", "constructor", "toString", "a.b"];
    const data = new Map(names.map((name) => [name, utf8(name)]));
    const { spec } = await seal(secretWith({ data }), { certificate });
    expect(Object.keys(spec.encryptedData)).toEqual(names);
  });

  test("never carries an annotation that copies the plaintext, not even of a Secret that was not read but made", async () => {
    const annotations = {
      "kubectl.kubernetes.io/last-applied-configuration": '{"stringData":{"item":"plaintext"}}',
      "kubecfg.ksonnet.io/last-applied-configuration": '{"stringData":{"item":"plaintext"}}',
      kept: "yes",
    };
    const secret = secretWith({ metadata: { name: "n", namespace: "ns", annotations } });
    for (const scope of [undefined, "strict", "cluster-wide"] as const) {
      const sealed = await seal(secret, { certificate, ...(scope && { scope }) });
      expect(JSON.stringify(sealed)).not.toContain("plaintext");
      expect(sealed.spec.template?.metadata?.annotations).toMatchObject({ kept: "yes" });
    }
  });
});

describe("sealed values to keep", () => {
  test("stay to the byte, hints included, and only what is not among them is sealed anew", async () => {
    const data = new Map([
      ["a", utf8("1")],
      ["b", utf8("2")],
    ]);
    const first = await seal(secretWith({ data }), { certificate, hints: true });
    const { a = "", b = "" } = first.spec.encryptedData;
    const options = { certificate, hints: true };
    const both = new Map([
      ["a", a],
      ["b", b],
      ["no-such-item", a],
    ]);
    expect(await seal(secretWith({ data }), { ...options, keep: both })).toEqual(first);
    const { spec } = await seal(secretWith({ data }), { ...options, keep: new Map([["a", a]]) });
    expect(Object.keys(spec.encryptedData)).toEqual(["a", "b"]);
    expect(spec.encryptedData["a"]).toBe(a);
    expect(spec.encryptedData["b"]).not.toBe(b);
  });
});

describe("the scope", () => {
  test("is the Secret's own where nothing else is asked for", async () => {
    const annotations = { [NAMESPACE_WIDE]: "true", kept: "yes" };
    const sealed = await seal(secretWith({ metadata: { name: "n", namespace: "ns", annotations } }), { certificate });
    expect(sealed.metadata.annotations).toEqual({ [NAMESPACE_WIDE]: "true" });
    expect(sealed.spec.template?.metadata?.annotations).toEqual(annotations);
  });

  test("that is asked for replaces the Secret's own, on the object and in its template", async () => {
    const annotations = { [NAMESPACE_WIDE]: "true", kept: "yes" };
    const secret = secretWith({ metadata: { name: "n", namespace: "ns", annotations } });
    const wide = await seal(secret, { certificate, scope: "cluster-wide" });
    expect(wide.metadata.annotations).toEqual({ [CLUSTER_WIDE]: "true" });
    expect(wide.spec.template?.metadata?.annotations).toEqual({ [CLUSTER_WIDE]: "true", kept: "yes" });
    const strict = await seal(secret, { certificate, scope: "strict" });
    expect(strict.metadata.annotations).toBeUndefined();
    expect(strict.spec.template?.metadata?.annotations).toEqual({ kept: "yes" });
  });
});

describe("what seal refuses", () => {
  test("a Secret without a name", async () => {
    for (const name of [undefined, null, ""]) {
      const secret = readSecret({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "ns" } });
      expect(await problemOf(() => seal(secret, { certificate }))).toEqual({ code: "missing_name" });
    }
  });

  test("a Secret without a namespace, unless nothing binds it", async () => {
    for (const namespace of [undefined, null, ""]) {
      const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "n", namespace }, data: { a: "" } };
      const secret = readSecret(manifest);
      for (const scope of ["strict", "namespace-wide"] as const) {
        expect(await problemOf(() => seal(secret, { certificate, scope }))).toEqual({
          code: "missing_namespace",
          scope,
        });
      }
      const sealed = await seal(secret, { certificate, scope: "cluster-wide" });
      expect(sealed.metadata.namespace).toBeUndefined();
    }
  });

  test("a Secret without items, unless that is asked for", async () => {
    const secret = secretWith({ data: new Map() });
    expect(await problemOf(() => seal(secret, { certificate }))).toEqual({ code: "empty_data" });
    const sealed = await seal(secret, { certificate, allowEmptyData: true });
    expect(sealed.spec.encryptedData).toEqual({});
  });
});

test("sealValue makes one line of base64, of the length that the format gives", async () => {
  const sealed = await sealValue(utf8("value"), { scope: "strict", namespace: "ns", name: "n" }, certificate);
  expect(sealed).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(decodeBase64(sealed)?.length).toBe(2 + 256 + 5 + 16);
});

function secretWith(fields: Partial<Secret>): Secret {
  return { metadata: { name: "n", namespace: "ns" }, data: new Map([["item", utf8("plaintext")]]), ...fields };
}
