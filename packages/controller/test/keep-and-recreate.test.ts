import { createTemplateEngine, type SealingKey, sealValue } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NO_POLICY } from "../src/policy.ts";
import { OneSecretCluster } from "./doubles/one-secret-cluster.ts";
import { newKey } from "./doubles/sealing-keys.ts";

const RECREATE = { metadata: { annotations: { "sealwright.dev/recreate": "true" } } };
const KEEP = { metadata: { annotations: { "sealwright.dev/keep": "true" } } };
const REFUSED = { failure: { reason: "RefusedByPolicy" } };
const templates = createTemplateEngine();

let key: SealingKey;

beforeAll(async () => {
  key = await newKey();
});
afterAll(() => templates.close());

async function sealed(password: string) {
  const binding = { scope: "strict", namespace: "shop", name: "database" } as const;
  return { encryptedData: { password: await sealValue(Buffer.from(password), binding, key.certificate) } };
}

async function brought(spec: object): Promise<OneSecretCluster> {
  const cluster = new OneSecretCluster([key], templates);
  cluster.apply({ ...(await sealed("one")), ...spec });
  await cluster.look();
  return cluster;
}

describe("an immutable Secret of which the value changes", () => {
  const changed = async () => {
    const cluster = await brought({ template: { ...RECREATE, immutable: true } });
    cluster.apply({ ...(await sealed("two")), template: { ...RECREATE, immutable: true } });
    return cluster;
  };

  test("is deleted and made anew, and is in order then", async () => {
    const cluster = await changed();
    const former = cluster.secret?.uid;
    expect(await cluster.look()).toEqual(["get", "open password", "current", "delete", "create", "status", "Unsealed"]);
    expect(cluster.items).toEqual({ password: "two" });
    expect(cluster.secret?.uid).not.toBe(former);
    expect(await cluster.look()).toEqual([]);
  });

  test("is made by the next controller, where this one was killed in between", async () => {
    const cluster = await changed();
    cluster.secret = null;
    expect(await cluster.look()).toEqual(["open password", "create", "status", "Unsealed"]);
    expect(cluster.items).toEqual({ password: "two" });
  });

  test("stays where the controller may not delete, and the condition says so", async () => {
    const cluster = await changed();
    cluster.mayDelete = false;
    await expect(cluster.look()).rejects.toMatchObject({ failure: { reason: "Forbidden" } });
    expect(cluster.items).toEqual({ password: "one" });
    expect(cluster.status.conditions?.map(({ type }) => type)).toEqual(["Synced", "Ready", "Reconciling"]);
  });
});

describe("a template that says that its Secret is kept", () => {
  test("and later that it is not: the owner goes and comes, and no item is opened for it", async () => {
    const cluster = await brought({});
    const spec = await sealed("one");
    cluster.apply({ ...spec, template: KEEP });
    await cluster.look();
    expect(cluster.secret?.owners).toEqual([]);
    expect(await cluster.look()).toEqual([]);
    cluster.apply(spec);
    expect(await cluster.look()).toEqual(["get", "current", "replace", "status", "Unsealed"]);
    expect(cluster.secret?.owners).toHaveLength(1);
  });

  test("and the flag, for all: turned on and off nothing is opened, and nobody else is blamed", async () => {
    const cluster = await brought({});
    cluster.planning = { keepSecrets: true };
    expect(await cluster.look()).toEqual(["get", "current", "replace", "status", "Unsealed"]);
    expect(cluster.secret?.owners).toEqual([]);
    expect(await cluster.look()).toEqual([]);
    cluster.planning = {};
    expect(await cluster.look()).toEqual(["get", "current", "replace", "status", "Unsealed"]);
    expect(cluster.secret?.owners).toHaveLength(1);
  });
});

describe("a policy", () => {
  const policy = { ...NO_POLICY, denyTypes: ["a/b"] };

  test("keeps the Secret from being made; nothing is opened or read for it", async () => {
    const cluster = new OneSecretCluster([key], templates);
    cluster.policy = policy;
    cluster.apply({ ...(await sealed("one")), template: { type: "a/b" } });
    await expect(cluster.look()).rejects.toMatchObject(REFUSED);
    expect(cluster.effects).toEqual(["status", "ErrUpdateFailed"]);
    expect(cluster.status.conditions?.map(({ type }) => type)).toEqual(["Synced", "Ready", "Stalled"]);
  });

  test("that comes later leaves the Secret as it is; once it is gone, all is in order without a key", async () => {
    const cluster = await brought({ template: { type: "a/b" } });
    const before = cluster.secret;
    cluster.policy = policy;
    await expect(cluster.look()).rejects.toMatchObject(REFUSED);
    expect(cluster.secret).toBe(before);
    cluster.policy = NO_POLICY;
    expect(await cluster.look()).toEqual(["status", "Unsealed"]);
  });

  test("sees what is sealed in spec.data too", async () => {
    const cluster = new OneSecretCluster([key], templates);
    cluster.policy = policy;
    const json = JSON.stringify({ apiVersion: "v1", kind: "Secret", type: "a/b", stringData: { a: "1" } });
    const { password: data } = (await sealed(json)).encryptedData;
    cluster.apply({ encryptedData: {}, data });
    await expect(cluster.look()).rejects.toMatchObject(REFUSED);
    expect(cluster.secret).toBeNull();
  });
});
