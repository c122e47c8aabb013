import { expect, test } from "vitest";
import { NO_AUDIT } from "../src/audit/audit.ts";
import { ApiError } from "../src/kubernetes/api-error.ts";
import type { Metrics } from "../src/metrics.ts";
import type { Failure } from "../src/outcome.ts";
import type { ReconcilePorts } from "../src/ports.ts";
import { NotSynced } from "../src/reconcile.ts";
import { Reconciler } from "../src/reconciler.ts";
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
