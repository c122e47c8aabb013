import { beforeEach, describe, expect, test } from "vitest";
import { ApiError } from "../../src/kubernetes/api-error.ts";
import { secretStore } from "../../src/kubernetes/secrets.ts";
import { plan } from "../../src/plan.ts";
import type { ExistingSecret, SecretStore } from "../../src/ports.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import { itemsOf, OWNER, observedSealedSecret, secretManifestOf, secretOf } from "../doubles/objects.ts";

startApiForEachTest();

const COLLECTION = "/api/v1/namespaces/shop/secrets";
const PATH = `${COLLECTION}/database`;
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

let store: SecretStore;

beforeEach(async () => {
  store = secretStore(transport);
});

async function stored(manifest: unknown): Promise<ExistingSecret> {
  api.answer("GET", PATH, { body: manifest });
  const existing = await store.get("shop", "database");
  if (existing === null) throw new Error("there is none");
  return existing;
}

function bodyOf(method: string): unknown {
  return api.requests.find((request) => request.method === method)?.body;
}

describe("reading", () => {
  test("a Secret with its owners and version", async () => {
    const existing = await stored(secretManifestOf({ items: { a: "1" }, labels: { app: "x" }, owners: [OWNER] }));
    expect(itemsOf(existing.secret)).toEqual({ a: "1" });
    expect(existing).toMatchObject({
      resourceVersion: "7",
      owners: [OWNER],
      secret: { metadata: { labels: { app: "x" } } },
    });
  });

  test("one without data or owners", async () => {
    const { data: _, ...manifest } = secretManifestOf();
    const existing = await stored(manifest);
    expect(existing.secret.data.size).toBe(0);
    expect(existing.owners).toEqual([]);
  });

  test("one that is not there as null, and any other answer as the error that it is", async () => {
    api.answer(
      "GET",
      PATH,
      { status: 404, body: { reason: "NotFound" } },
      { status: 403, body: { reason: "Forbidden" } },
    );
    expect(await store.get("shop", "database")).toBeNull();
    await expect(store.get("shop", "database")).rejects.toMatchObject({ reason: "Forbidden" });
  });
});

describe("creating", () => {
  test("writes items, type, labels, annotations and owners", async () => {
    api.answer("POST", COLLECTION, { status: 201, body: {} });
    const secret = secretOf({ labels: { app: "x" }, annotations: { note: "y" }, type: "Opaque", immutable: true });
    await store.create({ secret, owners: [OWNER] });
    expect(bodyOf("POST")).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "database",
        namespace: "shop",
        labels: { app: "x" },
        annotations: { note: "y" },
        ownerReferences: [OWNER],
      },
      type: "Opaque",
      immutable: true,
      data: { password: "czNjcmV0" },
    });
  });

  test("lets nothing else of a template's metadata through: no ciphertext binds it", async () => {
    api.answer("POST", COLLECTION, { status: 201, body: {} });
    const hostile = {
      finalizers: ["example.com/never"],
      ownerReferences: [{ ...OWNER, uid: "stolen" }],
      uid: "chosen",
      generateName: "other-",
      resourceVersion: "1",
      deletionTimestamp: "2026-03-01T00:00:00Z",
      managedFields: [],
      unheardOf: true,
    };
    const { metadata, ...rest } = secretOf();
    await store.create({ secret: { ...rest, metadata: { ...metadata, ...hostile } }, owners: [] });
    expect(bodyOf("POST")).toMatchObject({ metadata: { name: "database", namespace: "shop" } });
    expect(Object.keys((bodyOf("POST") as { metadata: object }).metadata)).toEqual(["name", "namespace"]);
  });

  test("passes the API server's refusal on", async () => {
    api.answer("POST", COLLECTION, { status: 409, body: { reason: "AlreadyExists" } });
    await expect(store.create({ secret: secretOf(), owners: [] })).rejects.toBeInstanceOf(ApiError);
  });
});

describe("replacing", () => {
  test("exchanges our part, of the version that was read, and keeps what others hold in the metadata", async () => {
    const base = secretManifestOf({ labels: { old: "x" }, annotations: { old: "x" }, owners: [OWNER] });
    const finalizers = ["example.com/theirs"];
    const over = await stored({
      ...base,
      metadata: { ...base.metadata, finalizers, managedFields: [{ manager: "us" }] },
    });
    api.answer("PUT", PATH, { body: {} });
    await store.replace({ secret: secretOf({ items: { a: "1" }, labels: { app: "x" } }), owners: [OWNER] }, over);
    expect(bodyOf("PUT")).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "database",
        namespace: "shop",
        uid: "secret-uid",
        resourceVersion: "7",
        finalizers,
        labels: { app: "x" },
        ownerReferences: [OWNER],
      },
      type: "Opaque",
      data: { a: "MQ==" },
    });
  });

  test("lets go of the owner where there is to be none", async () => {
    const over = await stored(secretManifestOf({ owners: [OWNER] }));
    api.answer("PUT", PATH, { body: {} });
    await store.replace({ secret: secretOf(), owners: [] }, over);
    expect(bodyOf("PUT")).toMatchObject({ metadata: { ownerReferences: [] } });
  });
});

test("deleting takes the Secret as it was read, and no other", async () => {
  const over = await stored(secretManifestOf());
  api.answer("DELETE", PATH, { status: 409, body: { reason: "Conflict" } });
  await expect(store.delete(over)).rejects.toMatchObject({ reason: "Conflict" });
  expect(bodyOf("DELETE")).toEqual({ preconditions: { uid: "secret-uid", resourceVersion: "7" } });
});

describe("what kubectl apply left on a Secret", () => {
  const annotations = { [LAST_APPLIED]: '{"data":{"password":"b2xk"}}', "sealedsecrets.bitnami.com/patch": "true" };

  test("stays where the Secret is patched: it is somebody else's, and his next apply needs it", async () => {
    const over = await stored(secretManifestOf({ items: { other: "x" }, annotations }));
    const planned = plan(observedSealedSecret(), secretOf(), over);
    expect(planned).toMatchObject({ action: "replace", secret: { secret: { metadata: { annotations } } } });
  });

  test("goes where the Secret becomes ours: it holds old values", async () => {
    const managed = { [LAST_APPLIED]: "{}", "sealedsecrets.bitnami.com/managed": "true" };
    const over = await stored(secretManifestOf({ annotations: managed }));
    api.answer("PUT", PATH, { body: {} });
    const planned = plan(observedSealedSecret(), secretOf(), over);
    if (planned.action !== "replace") throw new Error(planned.action);
    await store.replace(planned.secret, over);
    expect(JSON.stringify(bodyOf("PUT"))).not.toContain("last-applied");
  });
});
