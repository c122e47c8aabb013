import { KeyRing, type SealingKey } from "@sealwright/core";
import { beforeAll, describe, expect, test } from "vitest";
import type { SealedSecretObject } from "../src/kubernetes/sealed-secrets.ts";
import { Metrics, type MetricsOptions } from "../src/metrics.ts";
import { newKey } from "./doubles/sealing-keys.ts";

let key: SealingKey;

beforeAll(async () => {
  key = await newKey("2026-01-01");
});

function metricsOf(options: Partial<MetricsOptions> = {}): Metrics {
  return new Metrics({
    auditLinesLost: () => 0,
    version: "1.2.3",
    sealedSecrets: () => [],
    ring: () => new KeyRing([]),
    queue: () => ({ depth: () => 0, oldest: () => 0, failed: 0 }),
    shards: () => [true],
    now: () => new Date("2026-01-02T00:00:00Z"),
    ...options,
  });
}

test("tell of each shard whether it is held", async () => {
  const metrics = metricsOf({ shards: () => [false, true] });
  expect(await samples(metrics, "sealwright_controller_shard_held")).toEqual([
    'sealwright_controller_shard_held{shard="0"} 0',
    'sealwright_controller_shard_held{shard="1"} 1',
  ]);
});

/** The samples whose names begin so, one a line. */
async function samples(metrics: Metrics, prefix: string): Promise<string[]> {
  const { body } = await metrics.exposition();
  return body.split("\n").filter((line) => line.startsWith(prefix));
}

function sealedSecret(status: string | null, labels: Readonly<Record<string, string>> = {}): SealedSecretObject {
  const conditions = [
    { type: "Ready", status: "False" as const },
    { type: "Synced", status: status as "True" },
  ];
  return {
    metadata: { namespace: "shop", name: "database", labels },
    ...(status !== null && { status: { conditions } }),
  };
}

describe("condition_info", () => {
  const CONDITIONS = "sealed_secrets_controller_condition_info";
  const sample = (value: number, instance = "") =>
    `${CONDITIONS}{namespace="shop",name="database",condition="Synced",ss_app_kubernetes_io_instance="${instance}"} ${value}`;

  test.each([
    ["True", 1],
    ["Unknown", 0],
    ["False", -1],
  ])("of Synced alone, which is %s", async (status, value) => {
    const metrics = metricsOf({ sealedSecrets: () => [sealedSecret(status)] });
    expect(await samples(metrics, CONDITIONS)).toEqual([sample(value)]);
  });

  test("is of every SealedSecret that has a status, as it is at the moment, with its label", async () => {
    const objects = new Set([sealedSecret(null), sealedSecret("True", { "app.kubernetes.io/instance": 'b"lue' })]);
    const metrics = metricsOf({ sealedSecrets: () => objects });
    expect(await samples(metrics, CONDITIONS)).toEqual([sample(1, 'b\\"lue')]);
    objects.clear();
    expect(await samples(metrics, CONDITIONS)).toEqual([]);
  });

  test("has its help and its type, once, however many there are", async () => {
    const metrics = metricsOf({ sealedSecrets: () => Array.from({ length: 2_500 }, () => sealedSecret("True")) });
    expect(await samples(metrics, CONDITIONS)).toHaveLength(2_500);
    expect((await samples(metrics, "# ")).filter((line) => line.includes(CONDITIONS))).toEqual([
      `# HELP ${CONDITIONS} The Synced condition of each SealedSecret: 1 is True, 0 Unknown, -1 False.`,
      `# TYPE ${CONDITIONS} gauge`,
    ]);
  });

  test("is not there at all where names are nobody's business", async () => {
    expect((await metricsOf({ sealedSecrets: null }).exposition()).body).not.toMatch(/condition_info|shop|database/);
  });
});

test("errors are counted by the Go controller's reasons", async () => {
  const metrics = metricsOf();
  metrics.unsealRequested();
  metrics.unsealFailed("unmanaged", "shop");
  expect(await samples(metrics, "sealed_secrets_controller_unseal")).toEqual([
    "sealed_secrets_controller_unseal_requests_total 1",
    'sealed_secrets_controller_unseal_errors_total{reason="unmanaged",namespace="shop"} 1',
  ]);
});

test("a key is told of while it is used", async () => {
  let ring = new KeyRing([key]);
  const metrics = metricsOf({ ring: () => ring });
  const [age] = await samples(metrics, "sealwright_controller_sealing_key_age_seconds");
  expect(age).toBe(`sealwright_controller_sealing_key_age_seconds{fingerprint="${key.fingerprint}"} 86400`);
  const [expiry] = await samples(metrics, "sealwright_controller_certificate_expiry_seconds");
  expect(expiry).toBe(
    `sealwright_controller_certificate_expiry_seconds{fingerprint="${key.fingerprint}"} ${(87_600 - 24) * 3_600}`,
  );
  ring = new KeyRing([]);
  expect(await samples(metrics, "sealwright_controller_sealing_key_age_seconds")).toEqual([]);
});

test("opening is timed, whether it opens or not, and items that opened are counted", async () => {
  const metrics = metricsOf();
  const keyOf = new Map([
    ["user", key.fingerprint],
    ["password", key.fingerprint],
  ]);
  expect(await metrics.timeUnseal(async () => ({ keyOf }))).toEqual({ keyOf });
  await expect(metrics.timeUnseal(async () => Promise.reject(new Error("closed")))).rejects.toThrow("closed");
  expect(await samples(metrics, "sealwright_controller_unseal_duration_seconds_count")).toEqual([
    "sealwright_controller_unseal_duration_seconds_count 2",
  ]);
  expect(await samples(metrics, "sealwright_controller_items_opened_total")).toEqual([
    "sealwright_controller_items_opened_total 2",
  ]);
});

test("the queue is told of as it is at the moment, by urgency", async () => {
  let depth = 7;
  const queue = {
    depth: (urgency: string) => (urgency === "backlog" ? depth : 0),
    oldest: (urgency: string) => (urgency === "backlog" ? 1.5 : 0),
    failed: 2,
  };
  const metrics = metricsOf({ queue: () => queue });
  expect(await samples(metrics, "sealwright_controller_queue_depth")).toEqual([
    'sealwright_controller_queue_depth{urgency="changed"} 0',
    'sealwright_controller_queue_depth{urgency="backlog"} 7',
    'sealwright_controller_queue_depth{urgency="retry"} 0',
  ]);
  expect(await samples(metrics, "sealwright_controller_queue_oldest")).toContain(
    'sealwright_controller_queue_oldest_seconds{urgency="backlog"} 1.5',
  );
  depth = 0;
  expect(await samples(metrics, "sealwright_controller_queue_depth")).toContain(
    'sealwright_controller_queue_depth{urgency="backlog"} 0',
  );
  expect(await samples(metrics, "sealwright_controller_failed")).toEqual([
    "sealwright_controller_failed_sealed_secrets 2",
  ]);
});

test("how long each waited is counted by urgency", async () => {
  const metrics = metricsOf();
  metrics.begun({ urgency: "changed", seconds: 0.2 });
  metrics.begun({ urgency: "changed", seconds: 0.3 });
  expect(await samples(metrics, "sealwright_controller_queue_wait_seconds_sum")).toEqual([
    'sealwright_controller_queue_wait_seconds_sum{urgency="changed"} 0.5',
  ]);
});

test("lines of the audit log that were lost are counted", async () => {
  const metrics = metricsOf({ auditLinesLost: () => 3 });
  await metrics.exposition();
  expect(await samples(metrics, "sealwright_controller_audit_lines_lost_total")).toEqual([
    "sealwright_controller_audit_lines_lost_total 3",
  ]);
});
