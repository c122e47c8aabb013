import { describe, expect, test } from "vitest";
import { Reflector } from "../../src/kubernetes/reflector.ts";
import {
  needsReconcile,
  reduceSealedSecret,
  type SealedSecretObject,
  sealedSecretSource,
  statusStore,
} from "../../src/kubernetes/sealed-secrets.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import { observedSealedSecret } from "../doubles/objects.ts";

startApiForEachTest();

const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

const STORED: SealedSecretObject = {
  metadata: { namespace: "shop", name: "database", uid: "uid-1", generation: 3, resourceVersion: "30" },
  spec: { encryptedData: { password: "AAAA" } },
};

/** The source over a reflector that has listed these. */
async function sourceOver(...items: readonly SealedSecretObject[]) {
  api.answer("GET", "/list", { body: { metadata: { resourceVersion: "40" }, items } });
  const controller = new AbortController();
  const reflector = new Reflector<SealedSecretObject>({
    transport,
    path: "/list",
    reduce: reduceSealedSecret,
    onChange: () => {},
    onFailure: () => {},
  });
  const running = reflector.run(controller.signal);
  await api.nextWatch();
  controller.abort();
  await running;
  return sealedSecretSource([reflector], transport);
}

describe("the source", () => {
  test("has what the API server holds, with the kind that a list leaves out, and without managedFields", async () => {
    const managedFields = [{ manager: "kubectl" }];
    const source = await sourceOver({ ...STORED, metadata: { ...STORED.metadata, managedFields } });
    expect(source.get("shop/database")).toEqual({
      namespace: "shop",
      name: "database",
      uid: "uid-1",
      generation: 3,
      resourceVersion: "30",
      annotations: {},
      manifest: { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", ...STORED },
      status: {},
    });
    expect(source.get("shop/other")).toBeNull();
  });

  test.each([
    ["the same", {}, true],
    ["the same with another status and label", { resourceVersion: "31", labels: { a: "b" } }, true],
    ["another spec", { generation: 4 }, false],
    ["another scope", { annotations: { [CLUSTER_WIDE]: "true" } }, false],
    ["another object of that name", { uid: "uid-2" }, false],
  ])("asks whether a copy is current: %s", async (_, changes, current) => {
    const source = await sourceOver(STORED);
    const observed = source.get("shop/database") ?? observedSealedSecret();
    const path = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/database";
    api.answer("GET", path, { body: { metadata: { ...STORED.metadata, ...changes } } });
    expect(await source.isCurrent(observed)).toBe(current);
    expect(api.requests.at(-1)?.headers.accept).toContain("as=PartialObjectMetadata");
  });

  test("has no second copy of what kubectl applied", async () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", note: "x" };
    const source = await sourceOver({ ...STORED, metadata: { ...STORED.metadata, annotations } });
    expect(source.get("shop/database")?.annotations).toEqual({ note: "x" });
    expect(source.get("shop/database")?.manifest).toMatchObject({ metadata: { annotations: { note: "x" } } });
  });

  describe("of a manifest that is not at hand", () => {
    const path = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/database";
    const known = observedSealedSecret({ manifest: null });

    test("asks for it, and takes a newer one", async () => {
      const source = await sourceOver(STORED);
      api.answer("GET", path, { body: { ...STORED, metadata: { ...STORED.metadata, generation: 9 } } });
      const whole = await source.whole(known);
      expect(whole).toMatchObject({ generation: 9, manifest: { spec: STORED.spec } });
      expect(whole?.recorded).toBeUndefined();
    });

    test("does not ask for one that is at hand", async () => {
      const source = await sourceOver(STORED);
      const observed = observedSealedSecret();
      expect(await source.whole(observed)).toBe(observed);
    });

    test.each([
      { title: "none where it is gone", answer: { status: 404, body: { kind: "Status", reason: "NotFound" } } },
      {
        title: "none where it is being deleted",
        answer: { body: { metadata: { ...STORED.metadata, deletionTimestamp: "2026-03-01T00:00:00Z" } } },
      },
    ])("has $title", async ({ answer }) => {
      const source = await sourceOver(STORED);
      api.answer("GET", path, answer);
      expect(await source.whole(known)).toBeNull();
    });
  });

  test("has the status that was seen last", async () => {
    const status = { observedGeneration: 3, conditions: [] };
    expect((await sourceOver({ ...STORED, status })).get("shop/database")?.status).toEqual(status);
  });

  test("takes one that is being deleted for gone: its Secret goes first, and must not come back", async () => {
    const deletionTimestamp = "2026-03-01T00:00:00Z";
    const source = await sourceOver({ ...STORED, metadata: { ...STORED.metadata, deletionTimestamp } });
    expect(source.get("shop/database")).toBeNull();
  });
});

describe("a reconcile is needed", () => {
  const changed = (metadata: object, rest: object = {}) =>
    needsReconcile(STORED, { ...STORED, ...rest, metadata: { ...STORED.metadata, ...metadata } });

  test.each([
    ["a new spec", { generation: 4 }, true],
    ["another object of that name", { uid: "uid-2" }, true],
    ["another scope", { annotations: { [CLUSTER_WIDE]: "true" } }, true],
    ["any other annotation", { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" } }, false],
    ["a scope annotation that declares none", { annotations: { [CLUSTER_WIDE]: "false" } }, false],
    ["a label", { labels: { a: "b" } }, false],
    ["a new version", { resourceVersion: "31" }, false],
  ])("by %s: %o, %s", (_, metadata, needed) => {
    expect(changed(metadata)).toBe(needed);
  });

  test("not by a status", () => {
    expect(changed({}, { status: { observedGeneration: 3 } })).toBe(false);
  });

  test("by one that was not known", () => {
    expect(needsReconcile(null, STORED)).toBe(true);
  });
});

test("a status is written to its subresource, with the version that was observed", async () => {
  const path = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/database/status";
  api.answer("PUT", path, { body: {} });
  await statusStore(transport).write(observedSealedSecret(), { observedGeneration: 3, conditions: [] });
  expect(api.requests).toMatchObject([
    {
      path,
      body: {
        apiVersion: "bitnami.com/v1alpha1",
        kind: "SealedSecret",
        metadata: { namespace: "shop", name: "database", resourceVersion: "30" },
        status: { observedGeneration: 3, conditions: [] },
      },
    },
  ]);
});

test("whether the CRD has a place for a record, the answer tells", async () => {
  const path = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/database/status";
  const kept = { body: { ...STORED, status: { record: "AQ==" } } };
  api.answer("PUT", path, { body: { ...STORED, status: {} } }, { body: STORED }, kept);
  const store = statusStore(transport);
  expect(store.keepsOurFields).toBe(true);
  await store.write(observedSealedSecret(), { conditions: [] });
  expect(store.keepsOurFields).toBe(true);
  await store.write(observedSealedSecret(), { record: "AQ==" });
  expect(store.keepsOurFields).toBe(false);
  await store.write(observedSealedSecret(), { record: "AQ==" });
  expect(store.keepsOurFields).toBe(true);
});
