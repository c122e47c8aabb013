import { createPrivateKey } from "node:crypto";
import { readCertificate, readSealingKey, type SealingKey, type SealingKeyPem } from "@sealwright/core";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KeyStore, type KeyStoreOptions } from "../../src/keys/key-store.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import { recordingLog } from "../doubles/recording-log.ts";
import { newKeyPem } from "../doubles/sealing-keys.ts";

startApiForEachTest();

const COLLECTION = "/api/v1/namespaces/kube-system/secrets";
const LEGACY = `${COLLECTION}/sealed-secrets-key`;
const LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";

let first: SealingKeyPem;
let second: SealingKeyPem;

beforeAll(async () => {
  [first, second] = await Promise.all([newKeyPem("2026-01-01"), newKeyPem("2026-02-01")]);
});

beforeEach(async () => {
  stored();
  api.answer("GET", LEGACY, { status: 404, body: { reason: "NotFound" } });
});

function storeOf(options: Partial<KeyStoreOptions> = {}) {
  const log = recordingLog();
  const settings = { namespace: "kube-system", prefix: "sealed-secrets-key", order: "CertNotBefore", log } as const;
  return { log, store: new KeyStore({ transport, ...settings, ...options }) };
}

/** A key's Secret as the Go controller leaves it, in a list: without apiVersion and kind. */
function keySecret(name: string, pem: SealingKeyPem, metadata: object = {}) {
  return {
    metadata: {
      name,
      namespace: "kube-system",
      creationTimestamp: "2026-03-01T00:00:00Z",
      labels: { [LABEL]: "active" },
      ...metadata,
    },
    type: "kubernetes.io/tls",
    data: { "tls.key": base64(pem.privateKey), "tls.crt": base64(pem.certificate) },
  };
}

function stored(...items: readonly unknown[]): void {
  api.answer("GET", COLLECTION, { body: { metadata: {}, items } });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

const fingerprintOf = async (pem: SealingKeyPem) => (await readCertificate(pem.certificate)).fingerprint;
const fingerprints = (keys: readonly SealingKey[]) => keys.map(({ fingerprint }) => fingerprint);

describe("loading", () => {
  test("asks for the active keys of its own namespace, and for none else: others are retired", async () => {
    stored(keySecret("sealed-secrets-keyabc12", first), keySecret("sealed-secrets-keydef34", second));
    const { store, log } = storeOf();
    expect(fingerprints(await store.load())).toEqual([await fingerprintOf(first), await fingerprintOf(second)]);
    expect(api.requests.map(({ path, query }) => [path, query])).toEqual([
      [COLLECTION, { labelSelector: `${LABEL}=active` }],
      [LEGACY, {}],
    ]);
    expect(log.lines).toMatchObject([
      { level: "info", name: "sealed-secrets-keyabc12" },
      { level: "info", name: "sealed-secrets-keydef34" },
    ]);
  });

  test("reads PKCS#1, as the Go controller writes it, and PKCS#8", async () => {
    expect(first.privateKey).toContain("BEGIN RSA PRIVATE KEY");
    const privateKey = createPrivateKey(second.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
    stored(keySecret("a", first), keySecret("b", { ...second, privateKey }));
    expect(await storeOf().store.load()).toHaveLength(2);
  });

  test("reads the key of very old versions, which is known by its name alone", async () => {
    api.answer("GET", LEGACY, { body: keySecret("sealed-secrets-key", first, { labels: undefined }) });
    const { store } = storeOf();
    expect(fingerprints(await store.load())).toEqual([await fingerprintOf(first)]);
    expect(store.isKeyName("kube-system", "sealed-secrets-key")).toBe(true);
    expect(store.isKeyName("shop", "sealed-secrets-key")).toBe(false);
    expect(store.isKeyName("kube-system", "sealed-secrets-keyabc12")).toBe(false);
  });

  test("passes over that one where its label says that it is retired, and takes it once where it is active", async () => {
    api.answer("GET", LEGACY, { body: keySecret("sealed-secrets-key", first, { labels: { [LABEL]: "compromised" } }) });
    expect(await storeOf().store.load()).toEqual([]);
    stored(keySecret("sealed-secrets-key", first));
    api.answer("GET", LEGACY, { body: keySecret("sealed-secrets-key", first) });
    expect(await storeOf().store.load()).toHaveLength(1);
  });

  test.each<[string, (pem: SealingKeyPem) => object]>([
    ["without a private key", (pem) => ({ data: { "tls.crt": base64(pem.certificate) } })],
    ["without any item", () => ({ data: undefined })],
    ["with a key that is cut short", (pem) => ({ data: { "tls.key": base64(pem.privateKey.slice(0, 200)) } })],
    ["with bytes that are no text", () => ({ data: { "tls.key": "//////8=", "tls.crt": "AAAA" } })],
    ["with another key's certificate", (pem) => keySecret("x", { ...pem, certificate: second.certificate })],
  ])("reports one %s, passes it over, and quotes nothing of it", async (_, damage) => {
    const { metadata } = keySecret("damaged", first);
    stored({ ...keySecret("damaged", first), ...damage(first), metadata }, keySecret("good", second));
    const { store, log } = storeOf();
    expect(fingerprints(await store.load())).toEqual([await fingerprintOf(second)]);
    const errors = log.lines.filter(({ level }) => level === "error");
    expect(errors).toMatchObject([{ name: "damaged" }]);
    expect(JSON.stringify(errors)).not.toContain(first.privateKey.slice(40, 80));
  });

  test("orders by the certificate, or by when the Secret was made", async () => {
    stored(
      keySecret("old-certificate", first, { creationTimestamp: "2026-09-02T00:00:00Z" }),
      keySecret("new-certificate", second, { creationTimestamp: "2026-09-01T00:00:00Z" }),
    );
    const times = async (order: KeyStoreOptions["order"]) =>
      (await storeOf({ order }).store.load()).map(({ orderedBy }) => orderedBy.toISOString().slice(0, 10));
    expect(await times("CertNotBefore")).toEqual(["2026-01-01", "2026-02-01"]);
    expect(await times("SecretCreationTimestamp")).toEqual(["2026-09-02", "2026-09-01"]);
  });

  test("fails where the API server does: no key is not the same as no answer", async () => {
    api.answer("GET", LEGACY, { status: 403, body: { reason: "Forbidden" } });
    await expect(storeOf().store.load()).rejects.toMatchObject({ reason: "Forbidden" });
    api.answer("GET", COLLECTION, { status: 503, body: {} });
    await expect(storeOf().store.load()).rejects.toMatchObject({ status: 503 });
  });
});

test("tells of each key, and of each damaged one, once for each of its versions", async () => {
  const { store, log } = storeOf();
  const damaged = (resourceVersion: string) => ({ ...keySecret("bad", first, { resourceVersion }), data: {} });
  stored(keySecret("good", first, { resourceVersion: "1" }), damaged("2"));
  await store.load();
  await store.load();
  expect(log.lines.map(({ level, name }) => `${level} ${name}`).sort()).toEqual(["error bad", "info good"]);
  stored(keySecret("good", first, { resourceVersion: "1" }), damaged("3"));
  await store.load();
  expect(log.lines.map(({ level, name }) => `${level} ${name}`).slice(2)).toEqual(["error bad"]);
});

describe("making one", () => {
  const request = {
    bits: 2048,
    commonName: "seal.example.com",
    notBefore: new Date("2026-03-01T00:00:00Z"),
    notAfter: new Date("2036-03-01T00:00:00Z"),
  };

  const posted = () => {
    const [body] = api.requests.flatMap(({ method, body }) => (method === "POST" ? [body] : []));
    return body as { data: { "tls.key": string; "tls.crt": string } };
  };

  test("stores it as the Go controller would, and it can be read again", async () => {
    api.answer("POST", COLLECTION, ({ body }) => ({ status: 201, body }));
    const key = await storeOf().store.create(request, null);
    const { data, ...secret } = posted();
    expect(secret).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        namespace: "kube-system",
        name: expect.stringMatching(/^sealed-secrets-key[a-z0-9]{5}$/),
        generateName: "sealed-secrets-key",
        labels: { [LABEL]: "active" },
        annotations: {},
      },
      type: "kubernetes.io/tls",
    });
    const pem = { privateKey: atob(data["tls.key"]), certificate: atob(data["tls.crt"]) };
    expect(pem.privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const read = await readSealingKey(pem);
    expect(read.fingerprint).toBe(key?.fingerprint);
    expect(read.certificate).toMatchObject({ commonName: "seal.example.com", notAfter: request.notAfter });
  });

  test("orders it by when its Secret was made, where that is what counts", async () => {
    api.answer("POST", COLLECTION, { status: 201, body: { metadata: { creationTimestamp: "2026-03-05T00:00:00Z" } } });
    const key = await storeOf({ order: "SecretCreationTimestamp" }).store.create(request, null);
    expect(key?.orderedBy).toEqual(new Date("2026-03-05T00:00:00Z"));
  });

  test("fails where it cannot be stored: nobody may seal with a key that a restart loses", async () => {
    api.answer("POST", COLLECTION, { status: 403, body: { reason: "Forbidden" } });
    await expect(storeOf().store.create(request, null)).rejects.toMatchObject({ reason: "Forbidden" });
  });

  test("gives it the labels and annotations that are asked for, and no other label of a key", async () => {
    api.answer("POST", COLLECTION, ({ body }) => ({ status: 201, body }));
    const labels = { team: "platform", [LABEL]: "mine" };
    await storeOf({ labels, annotations: { backup: "daily" } }).store.create(request, null);
    expect(posted()).toMatchObject({
      metadata: { labels: { team: "platform", [LABEL]: "active" }, annotations: { backup: "daily" } },
    });
  });

  test("names it after the key that it succeeds, so that two replicas ask for the same name", async () => {
    api.answer("POST", COLLECTION, ({ body }) => ({ status: 201, body }));
    const [mine, yours] = [storeOf().store, storeOf().store];
    for (const store of [mine, yours]) await store.create(request, "SHA256:a");
    await mine.create(request, "SHA256:a", 1);
    await mine.create(request, "SHA256:b");
    const names = api.requests.map(({ body }) => (body as { metadata: { name: string } }).metadata.name);
    expect(names[0]).toBe(names[1]);
    expect(new Set(names).size).toBe(3);
  });

  test("says so where the name is taken", async () => {
    api.answer("POST", COLLECTION, { status: 409, body: { reason: "AlreadyExists" } });
    expect(await storeOf().store.create(request, null)).toBeNull();
  });
});
