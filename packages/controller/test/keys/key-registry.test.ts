import { type NewSealingKey, readSealingKey, type SealingKey } from "@sealwright/core";
import { beforeAll, expect, test } from "vitest";
import { KeyRegistry } from "../../src/keys/key-registry.ts";
import type { KeyStore } from "../../src/keys/key-store.ts";
import { recordingLog } from "../doubles/recording-log.ts";
import { newKey, newKeyPem } from "../doubles/sealing-keys.ts";

let january: SealingKey;
let february: SealingKey;

beforeAll(async () => {
  [january, february] = await Promise.all([newKey("2026-01-01"), newKey("2026-02-01")]);
});

/** A registry over a store that holds these keys, and makes those. */
function registryOf(held: readonly SealingKey[], made: readonly (SealingKey | Error)[] = []) {
  const requests: NewSealingKey[] = [];
  const next = [...made];
  const store: Pick<KeyStore, "load" | "create" | "isKeyName"> = {
    isKeyName: (namespace, name) => `${namespace}/${name}` === "kube-system/legacy",
    load: async () => [...held],
    create: async (request) => {
      requests.push(request);
      const key = next.shift() ?? new Error("not asked for");
      if (key instanceof Error) throw key;
      return key;
    },
  };
  const log = recordingLog();
  const clock = { now: () => new Date("2026-03-01T00:00:00Z") };
  const settings = { bits: 2048, commonName: "cn", validFor: 86_400_000 };
  return { requests, log, registry: new KeyRegistry({ store: store as KeyStore, clock, log, ...settings }) };
}

test("before it has loaded there is no key", () => {
  expect(registryOf([january]).registry.ring.newest).toBeNull();
});

test("loads what is stored, serves the newest, and makes none", async () => {
  const { registry, requests } = registryOf([january, february]);
  await registry.load();
  expect(registry.ring.newest).toBe(february);
  expect(registry.ring.keys).toHaveLength(2);
  expect(requests).toEqual([]);
});

test("makes one where there is none, valid from now on", async () => {
  const { registry, requests, log } = registryOf([], [january]);
  await registry.load();
  expect(registry.ring.newest).toBe(january);
  expect(requests).toEqual([
    {
      bits: 2048,
      commonName: "cn",
      notBefore: new Date("2026-03-01T00:00:00Z"),
      notAfter: new Date("2026-03-02T00:00:00Z"),
    },
  ]);
  expect(log.lines).toMatchObject([{ level: "info", fingerprint: january.fingerprint }]);
});

test("serves a new key from then on, and keeps the old ones", async () => {
  const { registry } = registryOf([january], [february]);
  await registry.load();
  const before = registry.ring;
  await registry.renew();
  expect(registry.ring.newest).toBe(february);
  expect(registry.ring.get(january.fingerprint)).toBe(january);
  expect(before.newest).toBe(january);
});

test("goes on with the old one where a new one cannot be stored", async () => {
  const { registry } = registryOf([january], [new Error("refused")]);
  await registry.load();
  await expect(registry.renew()).rejects.toThrow("refused");
  expect(registry.ring.newest).toBe(january);
});

test("keeps both of two that were asked for at the same time", async () => {
  const third = await readSealingKey(await newKeyPem("2026-03-01"));
  const { registry } = registryOf([january], [february, third]);
  await registry.load();
  await Promise.all([registry.renew(), registry.renew()]);
  expect(registry.ring.keys).toEqual([third, february, january]);
});

test("knows the name by which its store finds a key", () => {
  const { registry } = registryOf([]);
  expect(registry.isKeyName("kube-system", "legacy")).toBe(true);
  expect(registry.isKeyName("shop", "legacy")).toBe(false);
});
