import { randomBytes } from "node:crypto";
import { OMIT_ANNOTATION, type Scope, type SealingKey, sealValue, type TemplateEngine } from "@sealwright/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { SealedSecretStatus } from "../src/ports.ts";
import { OneSecretCluster } from "./doubles/one-secret-cluster.ts";
import { newKey } from "./doubles/sealing-keys.ts";

/** Each look is that of a controller which was started just now: it knows nothing but what the cluster has. */

let key: SealingKey;
let newer: SealingKey;

beforeAll(async () => {
  [key, newer] = await Promise.all([newKey("2026-01-01"), newKey("2026-02-01")]);
});

/** A template engine that makes of every template something new each time. */
const drawing: TemplateEngine = {
  render: async ({ templates }) => new Map([...templates.keys()].map((item) => [item, randomBytes(8)])),
  close: () => {},
};

async function sealed(
  items: Readonly<Record<string, string>>,
  { to = key, scope = "strict" as Scope } = {},
): Promise<Record<string, string>> {
  const binding = { scope, namespace: "shop", name: "database" };
  const entries = Object.entries(items).map(async ([item, text]) => {
    return [item, await sealValue(Buffer.from(text), binding, to.certificate)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A cluster in which the SealedSecret with two items, `user` and `password`, was brought about. */
async function inOrder(spec: object = {}): Promise<OneSecretCluster> {
  const cluster = new OneSecretCluster([key], drawing);
  cluster.apply({ encryptedData: await sealed({ user: "me", password: "s3cret" }), ...spec });
  await cluster.look();
  expect(cluster.status.conditions?.[0]).toMatchObject({ type: "Synced", status: "True" });
  return cluster;
}

const OPEN_ALL = ["open user", "open password"];
const WRITTEN = ["current", "replace", "status"];

describe("after a restart", () => {
  test("nothing at all is done for what is as it was left", async () => {
    const cluster = await inOrder();
    expect(await cluster.look()).toEqual([]);
  });

  test("a spec that is not in memory is asked for only where its record does not tell all", async () => {
    const cluster = await inOrder();
    cluster.letsSpecsGo = true;
    expect(await cluster.look()).toEqual([]);
    cluster.writeItems({ password: "theirs" });
    // The answer tells what is current too, since the Secret was read before.
    expect(await cluster.look()).toEqual(["get", "ask", ...OPEN_ALL, "replace", "status", "DriftRepaired"]);
    expect(await cluster.look()).toEqual([]);
    cluster.apply({ encryptedData: await sealed({ user: "you" }) });
    expect(await cluster.look()).toContain("ask");
    expect(cluster.items).toEqual({ user: "you" });
    cluster.status = { ...cluster.status, conditions: [] };
    expect(await cluster.look()).toEqual(["ask", "status", "Unsealed"]);
  });

  test("a record of another scope, another spec, or a retired key spares no look at a spec that is not in memory", async () => {
    const cluster = await inOrder();
    cluster.letsSpecsGo = true;
    cluster.annotations = { "sealedsecrets.bitnami.com/cluster-wide": "true" };
    await expect(cluster.look()).rejects.toThrow();
    expect(cluster.effects).toContain("ask");
    cluster.annotations = {};
    await cluster.look();
    cluster.keys = [newer];
    await expect(cluster.look()).rejects.toThrow();
    expect(cluster.effects).toContain("ask");
  });

  test("nor for what only people's tools note on the SealedSecret", async () => {
    const cluster = await inOrder();
    cluster.annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}" };
    expect(await cluster.look()).toEqual([]);
  });

  test("a Secret on which somebody noted something is read, and nothing else", async () => {
    const cluster = await inOrder();
    const { secret } = cluster.secret ?? { secret: { metadata: {}, data: new Map() } };
    cluster.writeSecret({ secret: { ...secret, metadata: { ...secret.metadata, annotations: { tool: "x" } } } });
    expect(await cluster.look()).toEqual(["get"]);
    expect(await cluster.look()).toEqual(["get"]);
  });

  test("a Secret that nobody watches is read, and nothing else", async () => {
    const cluster = await inOrder();
    cluster.watchesSecrets = false;
    expect(await cluster.look()).toEqual(["get"]);
  });

  test("a Secret whose values were changed meanwhile is put right, of which an event tells", async () => {
    const cluster = await inOrder();
    cluster.writeItems({ password: "theirs" });
    expect(await cluster.look()).toEqual(["get", ...OPEN_ALL, ...WRITTEN, "DriftRepaired"]);
    expect(cluster.items).toEqual({ user: "me", password: "s3cret" });
    expect(await cluster.look()).toEqual([]);
  });

  test("a Secret to which an item was added loses it, without a decryption", async () => {
    const cluster = await inOrder();
    cluster.writeItems({ added: "x" });
    expect(await cluster.look()).toEqual(["get", ...WRITTEN, "DriftRepaired"]);
    expect(cluster.items).toEqual({ user: "me", password: "s3cret" });
  });

  test("a Secret whose owner was taken away is not ours any more", async () => {
    const cluster = await inOrder();
    cluster.writeSecret({ owners: [] });
    await expect(cluster.look()).rejects.toMatchObject({ failure: { reason: "NotManaged" } });
  });

  test("a Secret that was deleted meanwhile is made without asking first", async () => {
    const cluster = await inOrder();
    cluster.secret = null;
    expect(await cluster.look()).toEqual([...OPEN_ALL, "create", "status", "Unsealed"]);
    expect(await cluster.look()).toEqual([]);
  });

  test("a Secret that was made anew by somebody is another one, whatever it holds", async () => {
    const cluster = await inOrder();
    cluster.writeSecret({ uid: "another" });
    expect(await cluster.look()).toEqual(["get", ...OPEN_ALL, "status"]);
    expect(await cluster.look()).toEqual([]);
  });

  test("what drew random numbers is not drawn anew", async () => {
    const cluster = await inOrder({ template: { data: { token: "{{ randAlphaNum 8 }}" } } });
    const before = cluster.items;
    expect(await cluster.look()).toEqual([]);
    cluster.watchesSecrets = false;
    expect(await cluster.look()).toEqual(["get"]);
    cluster.writeItems({ added: "x" });
    expect(await cluster.look()).toEqual(["get", ...WRITTEN, "DriftRepaired"]);
    expect(cluster.items).toEqual(before);
  });

  test("nor where there is nothing sealed at all", async () => {
    const cluster = new OneSecretCluster([key], drawing);
    cluster.apply({ encryptedData: {}, template: { data: { token: "{{ randAlphaNum 8 }}" } } });
    await cluster.look();
    expect(cluster.status.sealedWith).toEqual([]);
    expect(await cluster.look()).toEqual([]);
  });

  test("items of others in a patched Secret are none of the record", async () => {
    const cluster = new OneSecretCluster([key], drawing);
    const annotations = { "sealedsecrets.bitnami.com/patch": "true" };
    const metadata = { namespace: "shop", name: "database", annotations };
    cluster.writeSecret({ secret: { metadata, type: "Opaque", data: new Map([["theirs", Buffer.from("x")]]) } });
    cluster.apply({ encryptedData: await sealed({ user: "me", password: "s3cret" }) });
    await cluster.look();
    expect(await cluster.look()).toEqual([]);
    cluster.writeItems({ theirs: "y" });
    expect(await cluster.look()).toEqual(["get"]);
    expect(cluster.items).toEqual({ theirs: "y", user: "me", password: "s3cret" });
  });

  test("the Secret of spec.data is known by its version alone", async () => {
    const cluster = new OneSecretCluster([key], drawing);
    const json = JSON.stringify({ apiVersion: "v1", kind: "Secret", stringData: { password: "s3cret" } });
    const { data = "" } = await sealed({ data: json });
    cluster.apply({ encryptedData: {}, data });
    await cluster.look();
    expect(await cluster.look()).toEqual([]);
    cluster.writeItems({ password: "s3cret" });
    expect(await cluster.look()).toEqual(["get", "open spec.data", "status"]);
    cluster.acceptDeprecatedData = false;
    await expect(cluster.look()).rejects.toMatchObject({ failure: { reason: "Unsupported" } });
  });
});

test("labels that are sealed in spec.data stay, although the record cannot tell of them", async () => {
  const cluster = new OneSecretCluster([key], drawing);
  const json = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { labels: { app: "shop" } } });
  const { data = "" } = await sealed({ data: json });
  cluster.apply({ encryptedData: {}, data });
  await cluster.look();
  cluster.writeSecret({});
  expect(await cluster.look()).toEqual(["get", "open spec.data", "status"]);
  expect(cluster.secret?.secret.metadata.labels).toEqual({ app: "shop" });
});

describe("a controller that was killed", () => {
  test("after it wrote the Secret: the next one reads it, opens, and writes the status alone", async () => {
    const cluster = await inOrder();
    const { status, secret } = cluster;
    cluster.apply({ encryptedData: await sealed({ user: "me", password: "n3w" }) });
    await cluster.look();
    expect(cluster.secret?.resourceVersion).not.toBe(secret?.resourceVersion);
    cluster.status = status;
    expect(await cluster.look()).toEqual(["get", ...OPEN_ALL, "status", "Unsealed"]);
    expect(await cluster.look()).toEqual([]);
  });

  test("before its first status: the same", async () => {
    const cluster = await inOrder();
    cluster.status = {};
    expect(await cluster.look()).toEqual([...OPEN_ALL, "get", "status", "Unsealed"]);
  });
});

describe("when the SealedSecret changes", () => {
  test("only the items that changed are opened", async () => {
    const cluster = await inOrder();
    const { encryptedData } = cluster.spec;
    cluster.apply({ encryptedData: { ...encryptedData, ...(await sealed({ password: "n3w", token: "t" })) } });
    expect(await cluster.look()).toEqual(["get", "open password", "open token", ...WRITTEN, "Unsealed"]);
    expect(cluster.items).toEqual({ user: "me", password: "n3w", token: "t" });
    expect(await cluster.look()).toEqual([]);
  });

  test("and an item goes, none is", async () => {
    const cluster = await inOrder();
    const { user = "" } = cluster.spec.encryptedData;
    cluster.apply({ encryptedData: { user } });
    expect(await cluster.look()).toEqual(["get", ...WRITTEN, "Unsealed"]);
    expect(cluster.items).toEqual({ user: "me" });
  });

  test("in its template's metadata or plain texts, none is", async () => {
    const cluster = await inOrder();
    const template = { metadata: { labels: { app: "shop" } }, data: { url: "https://db", user: "template's" } };
    cluster.apply({ ...cluster.spec, template });
    expect(await cluster.look()).toEqual(["get", ...WRITTEN, "Unsealed"]);
    expect(cluster.items).toEqual({ user: "me", password: "s3cret", url: "https://db" });
    expect(cluster.secret?.secret.metadata.labels).toEqual({ app: "shop" });
  });

  test("and has templates, all are: a template may look at each", async () => {
    const cluster = await inOrder();
    cluster.apply({ ...cluster.spec, template: { data: { url: "{{ .user }}" } } });
    expect(await cluster.look()).toEqual(["get", ...OPEN_ALL, ...WRITTEN, "Unsealed"]);
  });

  test("an item that was left out so far is opened when it is wanted", async () => {
    const cluster = await inOrder({ template: { metadata: { annotations: { [OMIT_ANNOTATION]: "user" } } } });
    expect(cluster.items).toEqual({ password: "s3cret" });
    cluster.apply({ encryptedData: cluster.spec.encryptedData });
    expect(await cluster.look()).toEqual(["get", "open user", ...WRITTEN, "Unsealed"]);
    expect(cluster.items).toEqual({ user: "me", password: "s3cret" });
  });

  test("an item is never taken from the text of a template of its name", async () => {
    const cluster = await inOrder({
      encryptedData: await sealed({ user: "me" }),
      template: { data: { password: "plain" } },
    });
    const { user = "" } = cluster.spec.encryptedData;
    cluster.apply({ encryptedData: { user, ...(await sealed({ password: "s3cret" })) } });
    expect(await cluster.look()).toEqual(["get", "open password", ...WRITTEN, "Unsealed"]);
    expect(cluster.items).toEqual({ user: "me", password: "s3cret" });
  });

  test("and its Secret did, too: all are", async () => {
    const cluster = await inOrder();
    cluster.writeItems({ user: "theirs" });
    cluster.apply({ encryptedData: { ...cluster.spec.encryptedData, ...(await sealed({ password: "n3w" })) } });
    expect(await cluster.look()).toEqual(["get", ...OPEN_ALL, ...WRITTEN, "Unsealed"]);
    expect(cluster.items).toEqual({ user: "me", password: "n3w" });
  });

  test("to what cannot be opened and back, nothing is opened again", async () => {
    const cluster = await inOrder();
    const { spec } = cluster;
    cluster.apply({ encryptedData: { user: "AAAA" } });
    await expect(cluster.look()).rejects.toMatchObject({ failure: { reason: "Undecryptable" } });
    cluster.apply(spec);
    expect(await cluster.look()).toEqual(["status", "Unsealed"]);
  });

  test("its scope alone, its items open no longer, and the record does not hide it", async () => {
    const cluster = await inOrder();
    cluster.annotations = { "sealedsecrets.bitnami.com/cluster-wide": "true" };
    await expect(cluster.look()).rejects.toMatchObject({ failure: { reason: "Undecryptable" } });
  });

  test("says of each key what it is needed for still", async () => {
    const cluster = await inOrder();
    cluster.keys = [newer, key];
    cluster.apply({
      encryptedData: { ...cluster.spec.encryptedData, ...(await sealed({ user: "me" }, { to: newer })) },
    });
    expect(await cluster.look()).toEqual(["get", "open user", "status", "Unsealed"]);
    expect(cluster.status.sealedWith).toEqual([key.fingerprint, newer.fingerprint].sort());
    cluster.apply({
      encryptedData: { ...cluster.spec.encryptedData, ...(await sealed({ password: "x" }, { to: newer })) },
    });
    expect(await cluster.look()).toEqual(["get", "open password", ...WRITTEN, "Unsealed"]);
    expect(cluster.status.sealedWith).toEqual([newer.fingerprint]);
  });
});

describe("keys", () => {
  test("that come change nothing for what an older one opened", async () => {
    const cluster = await inOrder();
    cluster.keys = [newer, key];
    expect(await cluster.look()).toEqual([]);
  });

  test("that go take their records with them: what does not open any more says so", async () => {
    const cluster = await inOrder();
    cluster.keys = [newer];
    await expect(cluster.look()).rejects.toMatchObject({ failure: { reason: "Undecryptable" } });
    expect(cluster.items).toEqual({ user: "me", password: "s3cret" });
  });
});

describe("a status that somebody else wrote", () => {
  const changed: readonly [string, (status: SealedSecretStatus, former: SealedSecretStatus) => SealedSecretStatus][] = [
    ["without the record", ({ record: _, ...status }) => status],
    ["with an older record", (status, former) => ({ ...status, ...(former.record && { record: former.record }) })],
    ["with an older status", (_, former) => former],
    ["with something else", (status) => ({ ...status, record: "no record" })],
    ["with a bit changed", (status) => ({ ...status, record: `AQAA${status.record?.slice(4)}` })],
  ];

  test.each(changed)("%s does not keep a Secret that he wrote from being put right", async (_, change) => {
    const cluster = await inOrder();
    const former = { status: cluster.status, spec: cluster.spec, items: cluster.items };
    cluster.apply({ encryptedData: await sealed({ user: "me", password: "n3w" }) });
    await cluster.look();
    cluster.status = change(cluster.status, former.status);
    cluster.writeItems(former.items);
    const effects = await cluster.look();
    expect(effects).toContain("replace");
    expect(cluster.items).toEqual({ user: "me", password: "n3w" });
    expect(await cluster.look()).toEqual([]);
  });

  test.each(changed)("%s costs what a first look costs, and nothing else", async (_, change) => {
    const cluster = await inOrder();
    const former = cluster.status;
    cluster.apply({ encryptedData: await sealed({ user: "me", password: "n3w" }) });
    await cluster.look();
    cluster.status = change(cluster.status, former);
    const effects = await cluster.look();
    expect(effects.filter((effect) => !["get", "status", "Unsealed", ...OPEN_ALL].includes(effect))).toEqual([]);
    expect(await cluster.look()).toEqual([]);
  });
});
