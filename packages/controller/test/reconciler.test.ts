import { expect, test } from "vitest";
import { NO_AUDIT } from "../src/audit/audit.ts";
import { ApiError } from "../src/kubernetes/api-error.ts";
import type { Metrics } from "../src/metrics.ts";
import type { Failure } from "../src/outcome.ts";
import { NO_POLICY } from "../src/policy.ts";
import type { ReconcilePorts } from "../src/ports.ts";
import { NotSynced } from "../src/reconcile.ts";
import { Reconciler } from "../src/reconciler.ts";
import { observedSealedSecret } from "./doubles/objects.ts";
import { recordingLog } from "./doubles/recording-log.ts";

function pauses(maxRetries: number | null, error: unknown, times: number) {
  const reconciler = new Reconciler({
    audit: NO_AUDIT,
    ports: {} as ReconcilePorts,
    log: recordingLog(),
    metrics: {} as Metrics,
    maxRetries,
  });
  return Array.from({ length: times }, (_, index) => reconciler.pauseAfter(index + 1, error));
}

const failure: Failure = { kind: "failed", stage: "update", reason: "ApiUnavailable", message: "" };
const heals = new NotSynced(failure, true);
const hopeless = new NotSynced({ ...failure, stage: "unseal", reason: "Undecryptable" }, true);
const race = new ApiError("PUT x", { status: 409, reason: "Conflict" });

/** How many looks in a row fail before the status tells of an API server that does not answer. */
async function looksUntilSaid(maxRetries: number | null): Promise<number> {
  let written = 0;
  const away = async () => {
    throw new ApiError("GET secrets", { status: 503, reason: "ServiceUnavailable" });
  };
  const observed = observedSealedSecret();
  const ports = {
    sealedSecrets: { get: () => observed, whole: async () => observed },
    secrets: { seen: () => "unknown", get: away },
    statuses: {
      keepsOurFields: true,
      write: async () => {
        written += 1;
      },
    },
    events: { record: () => {} },
    keys: { isKeyName: () => false },
    records: { read: async () => ({ vouchesFor: () => false }) },
    settled: { holds: () => false },
    clock: { now: () => new Date() },
    policy: NO_POLICY,
    kstatus: true,
  } as unknown as ReconcilePorts;
  const { reconciled, unsealFailed, unsealRequested } = { reconciled() {}, unsealFailed() {}, unsealRequested() {} };
  const metrics = { reconciled, unsealFailed, unsealRequested } as unknown as Metrics;
  const reconciler = new Reconciler({ audit: NO_AUDIT, ports, log: recordingLog(), metrics, maxRetries });
  for (let failures = 0; ; failures += 1) {
    await expect(reconciler.look("shop/database", failures)).rejects.toThrow();
    if (written > 0) return failures;
  }
}

test("an API server that does not answer is waited for before the status tells of it, unless there are no more tries", async () => {
  expect(await looksUntilSaid(null)).toBe(4);
  expect(await looksUntilSaid(2)).toBe(2);
  expect(await looksUntilSaid(0)).toBe(0);
});

test("what can heal is never given up, and soon looked at again", () => {
  const found = pauses(null, heals, 40);
  expect(found.every((pause) => pause !== null && pause <= 300_000)).toBe(true);
  expect(found[0]).toBeLessThanOrEqual(200);
});

test("what waits for a person is looked at seldom", () => {
  expect(pauses(null, hopeless, 1)[0]).toBeGreaterThanOrEqual(30_000);
});

test("where a number of retries is given, that is the end of them, but not where somebody was only quicker", () => {
  expect(pauses(2, heals, 4).map((pause) => pause === null)).toEqual([false, false, true, true]);
  expect(pauses(0, hopeless, 1)).toEqual([null]);
  expect(pauses(0, race, 1)[0]).not.toBeNull();
});
