import { type NewSealingKey, readSealingKey, type SealingKey } from "@sealwright/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../src/audit/audit.ts";
import { KeyRegistry } from "../../src/keys/key-registry.ts";
import type { KeyStore } from "../../src/keys/key-store.ts";
import { recordingLog } from "../doubles/recording-log.ts";
import { newKey, newKeyPem } from "../doubles/sealing-keys.ts";

let january: SealingKey;
let february: SealingKey;
let march: SealingKey;

beforeAll(async () => {
  [january, february, march] = (await Promise.all(
    ["2026-01-01", "2026-02-01", "2026-03-01"].map((day) => newKey(day)),
  )) as [SealingKey, SealingKey, SealingKey];
});

/** A registry over a store that holds these keys, and makes those. */
function registryOf(
  held: readonly SealingKey[] | (() => readonly SealingKey[]),
  made: readonly (SealingKey | Error | "taken")[] = [],
  {
    now = "2026-03-01T00:00:00Z",
    ...changes
  }: { now?: string | (() => string); renewPeriod?: number; cutoff?: Date } = {},
) {
  const requests: NewSealingKey[] = [];
  const names: (readonly [string | null, number])[] = [];
  const next = [...made];
  const stored: SealingKey[] = [];
  const store: Pick<KeyStore, "load" | "create" | "isKeyName"> = {
    isKeyName: (namespace, name) => `${namespace}/${name}` === "kube-system/legacy",
    load: async () => [...(typeof held === "function" ? held() : held), ...stored],
    create: async (request, succeeds, attempt) => {
      names.push([succeeds, attempt ?? 0]);
      requests.push(request);
      const key = next.shift() ?? new Error("not asked for");
      if (key instanceof Error) throw key;
      if (key === "taken") return null;
      stored.push(key);
      return key;
    },
  };
  const log = recordingLog();
  const audited: AuditEvent[] = [];
  const audit = { record: (event: AuditEvent) => void audited.push(event) };
  const clock = { now: () => new Date(typeof now === "function" ? now() : now) };
  const settings = { bits: 2048, commonName: "cn", validFor: 86_400_000, renewPeriod: 0, cutoff: null, ...changes };
  const registry = new KeyRegistry({ store: store as KeyStore, clock, log, audit, ...settings });
  return { requests, names, log, audited, registry };
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

describe("renewal", () => {
  const MONTH = 30 * 86_400_000;

  test.each([
    ["not before it is of age", "2026-03-02T23:59:59Z", 0],
    ["when it is", "2026-03-03T00:00:00Z", 1],
    ["long after, as when the machine slept or its clock was put right", "2031-01-01T00:00:00Z", 1],
    ["not where the clock went back", "2020-01-01T00:00:00Z", 0],
  ])("%s", async (_, now, times) => {
    const { registry, requests } = registryOf([january, february], [march], { now, renewPeriod: MONTH });
    await registry.load();
    await registry.renewIfDue();
    expect(requests).toHaveLength(times);
  });

  test("never, where the period is 0", async () => {
    const { registry, requests } = registryOf([january], [], { now: "2126-01-01T00:00:00Z", renewPeriod: 0 });
    await registry.load();
    await registry.renewIfDue();
    expect(requests).toEqual([]);
  });

  test("once, where another replica has done it already", async () => {
    let held = [january];
    const { registry, requests } = registryOf(() => held, [], { renewPeriod: MONTH });
    await registry.load();
    held = [january, february];
    await registry.renewIfDue();
    expect(requests).toEqual([]);
    expect(registry.ring.newest).toBe(february);
  });

  test("succeeds a newest key of before the cutoff at the start, and no other", async () => {
    const before = registryOf([january], [february], { cutoff: new Date("2026-01-15T00:00:00Z") });
    await before.registry.load();
    expect(before.registry.ring.newest).toBe(february);
    const after = registryOf([february], [], { cutoff: new Date("2026-01-15T00:00:00Z") });
    await after.registry.load();
    expect(after.requests).toEqual([]);
  });

  test("a second one within a second is still the newer: certificates tell the time in seconds", async () => {
    const { registry, requests } = registryOf([february], [march], { now: "2026-02-01T00:00:00.400Z" });
    await registry.load();
    await registry.renew();
    expect(requests).toMatchObject([{ notBefore: new Date("2026-02-01T00:00:01Z") }]);
  });
});

describe("two replicas that make a key at the same time", () => {
  test("end with the one that was stored first", async () => {
    let held: SealingKey[] = [];
    const { registry, requests, names } = registryOf(() => held, ["taken"]);
    const loading = registry.load();
    held = [];
    await Promise.resolve();
    held = [january];
    await loading;
    expect(registry.ring.newest).toBe(january);
    expect(requests.length).toBeLessThanOrEqual(1);
    expect(names.every(([succeeds]) => succeeds === null)).toBe(true);
  });

  test("go on to the next name where this one is taken by what is no key", async () => {
    const { registry, names } = registryOf([january], ["taken", "taken", february]);
    await registry.load();
    expect(await registry.renew()).toBe(february);
    expect(names).toEqual([0, 1, 2].map((attempt) => [january.fingerprint, attempt]));
  });

  test("do not go on for ever", async () => {
    const { registry } = registryOf([january], Array<"taken">(20).fill("taken"));
    await registry.load();
    await expect(registry.renew()).rejects.toMatchObject({ reason: "AlreadyExists" });
  });
});

describe("looking again", () => {
  test("takes what came, drops what was retired, and tells of what came", async () => {
    let held = [january];
    const { registry, log } = registryOf(() => held);
    await registry.load();
    let arrivals = 0;
    registry.onArrival(() => {
      arrivals += 1;
    });
    held = [february];
    await registry.refresh();
    expect(registry.ring.keys).toEqual([february]);
    expect(arrivals).toBe(1);
    expect(log.lines).toMatchObject([{ level: "warn", fingerprint: january.fingerprint }]);
    await registry.refresh();
    expect(arrivals).toBe(1);
  });

  test("makes one where the last was retired: somebody must be able to seal", async () => {
    let held = [january];
    const { registry } = registryOf(() => held, [february]);
    await registry.load();
    held = [];
    await registry.refresh();
    expect(registry.ring.keys).toEqual([february]);
  });

  test("keeps the keys at hand where the store does not answer", async () => {
    let held: () => SealingKey[] = () => [january];
    const { registry } = registryOf(() => held());
    await registry.load();
    held = () => {
      throw new Error("no answer");
    };
    await expect(registry.refresh()).rejects.toThrow("no answer");
    expect(registry.ring.newest).toBe(january);
  });
});

test("the audit log has every key that came, was made or went", async () => {
  let held = [january, february];
  const { registry, audited } = registryOf(() => held, [march]);
  await registry.load();
  held = [february];
  await registry.refresh();
  await registry.renew();
  expect(audited).toEqual([
    { audit: "key-found", result: "ok", keys: [february.fingerprint] },
    { audit: "key-found", result: "ok", keys: [january.fingerprint] },
    { audit: "key-lost", result: "ok", keys: [january.fingerprint] },
    { audit: "key-made", result: "ok", keys: [march.fingerprint] },
  ]);
});

describe("a key from the future, made where the clock was wrong", () => {
  const FEBRUARY = { now: "2026-02-10T00:00:00Z", renewPeriod: 30 * 86_400_000 };

  test("is not sealed with while there is another, opens, and is told of once", async () => {
    const { registry, log } = registryOf([january, february, march], [], FEBRUARY);
    await registry.load();
    await registry.refresh();
    expect(registry.ring.newest).toBe(february);
    expect(registry.ring.get(march.fingerprint)).toBe(march);
    expect(log.lines).toMatchObject([{ level: "warn", fingerprint: march.fingerprint }]);
  });

  test("keeps nobody from making one when the newest of the others comes of age", async () => {
    const { registry, names } = registryOf([january, march], ["taken", february], FEBRUARY);
    await registry.load();
    expect(registry.ring.newest).toBe(january);
    await registry.renewIfDue();
    expect(registry.ring.newest).toBe(february);
    expect(names).toEqual([
      [january.fingerprint, 0],
      [january.fingerprint, 1],
    ]);
  });

  test("is the newest once its time has come", async () => {
    let now = "2026-02-10T00:00:00Z";
    const { registry } = registryOf([february, march], [], { ...FEBRUARY, now: () => now });
    await registry.load();
    now = "2026-02-28T23:30:00Z";
    await registry.renewIfDue();
    expect(registry.ring.newest).toBe(march);
  });

  test("is sealed with where there is no other, and none is made for it: it may be this clock that is behind", async () => {
    const { registry, names } = registryOf([march], [], FEBRUARY);
    await registry.load();
    await registry.renewIfDue();
    expect(registry.ring.newest).toBe(march);
    expect(names).toEqual([]);
  });

  test("and gives way to a new one that somebody asks for", async () => {
    const { registry } = registryOf([march], [february], FEBRUARY);
    await registry.load();
    await registry.renew();
    expect(registry.ring.newest).toBe(february);
  });
});
