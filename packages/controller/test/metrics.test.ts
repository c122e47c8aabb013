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
    version: "1.2.3",
    omitSecretLabels: false,
    ring: () => new KeyRing([]),
    queue: () => ({ waiting: 0, failed: 0 }),
    now: () => new Date("2026-01-02T00:00:00Z"),
    ...options,
  });
}

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
    const metrics = metricsOf();
    metrics.conditionChanged(null, sealedSecret(status));
    expect(await samples(metrics, CONDITIONS)).toEqual([sample(value)]);
  });

  test("comes with the first status, follows it and its label, and goes with its object", async () => {
    const metrics = metricsOf();
    const [fresh, failed, synced] = [sealedSecret(null), sealedSecret("False"), sealedSecret("True")];
    const labelled = sealedSecret("True", { "app.kubernetes.io/instance": "blue" });
    metrics.conditionChanged(null, fresh);
    expect(await samples(metrics, CONDITIONS)).toEqual([]);
    metrics.conditionChanged(fresh, failed);
    metrics.conditionChanged(failed, synced);
    expect(await samples(metrics, CONDITIONS)).toEqual([sample(1)]);
    metrics.conditionChanged(synced, labelled);
    expect(await samples(metrics, CONDITIONS)).toEqual([sample(1, "blue")]);
    metrics.conditionChanged(labelled, null);
    expect(await samples(metrics, CONDITIONS)).toEqual([]);
  });

  test("is not there at all where names are nobody's business", async () => {
    const metrics = metricsOf({ omitSecretLabels: true });
    metrics.conditionChanged(null, sealedSecret("True"));
    expect((await metrics.exposition()).body).not.toMatch(/condition_info|shop|database/);
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

test("depths are those of the moment", async () => {
  const queue = { waiting: 7, failed: 2 };
  const metrics = metricsOf({ queue: () => queue });
  expect(await samples(metrics, "sealwright_controller_queue_depth")).toEqual(["sealwright_controller_queue_depth 7"]);
  queue.waiting = 0;
  expect(await samples(metrics, "sealwright_controller_queue_depth")).toEqual(["sealwright_controller_queue_depth 0"]);
  expect(await samples(metrics, "sealwright_controller_failed")).toEqual([
    "sealwright_controller_failed_sealed_secrets 2",
  ]);
});
