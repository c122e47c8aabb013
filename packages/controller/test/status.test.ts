import { describe, expect, test } from "vitest";
import type { Failure, Success } from "../src/outcome.ts";
import type { Condition, SealedSecretStatus } from "../src/ports.ts";
import { eventOf, nextStatus, type StatusOptions } from "../src/status.ts";
import { observedSealedSecret } from "./doubles/objects.ts";

const SYNCED: Success = {
  kind: "synced",
  changed: true,
  drift: null,
  secretVersion: "8",
  keys: ["SHA256:a"],
  record: "AQ==",
  use: "none",
};
const FAILED: Failure = { kind: "failed", stage: "unseal", reason: "Undecryptable", message: "password: no key" };
const NOW = new Date("2026-03-01T10:20:30.456Z");
const BEFORE = "2026-02-01T00:00:00Z";
const THEIRS: Condition = { type: "Audited", status: "True" };

/** The status of generation 3, the observed one, after an outcome. */
function after(status: SealedSecretStatus, outcome: Success | Failure): SealedSecretStatus | null {
  return nextOf(status, outcome)?.status ?? null;
}

function nextOf(status: SealedSecretStatus, outcome: Success | Failure, options: Partial<StatusOptions> = {}) {
  return nextStatus(observedSealedSecret({ status }), outcome, NOW, {
    kstatus: false,
    keepsOurFields: true,
    ...options,
  });
}

const healthy: Condition = {
  type: "Synced",
  status: "True",
  lastUpdateTime: BEFORE,
  lastTransitionTime: BEFORE,
  reason: "Unsealed",
  message: "",
};
const broken: Condition = { ...healthy, status: "False", reason: FAILED.reason, message: FAILED.message };

test("the first success, in the form that the Go controller writes", () => {
  expect(after({}, SYNCED)).toEqual({
    observedGeneration: 3,
    conditions: [
      {
        type: "Synced",
        status: "True",
        lastUpdateTime: "2026-03-01T10:20:30Z",
        lastTransitionTime: "2026-03-01T10:20:30Z",
        reason: "Unsealed",
        message: "",
      },
    ],
    sealedWith: ["SHA256:a"],
    record: "AQ==",
  });
});

test("a failure says why, in words and in one word", () => {
  const status = after({}, FAILED);
  expect(status?.conditions?.[0]).toMatchObject({
    status: "False",
    reason: "Undecryptable",
    message: "password: no key",
  });
});

test("a success clears an earlier failure, and tells when", () => {
  const status = after({ observedGeneration: 3, conditions: [broken] }, SYNCED);
  expect(status?.conditions).toEqual([
    { ...healthy, lastUpdateTime: "2026-03-01T10:20:30Z", lastTransitionTime: "2026-03-01T10:20:30Z" },
  ]);
});

test("another reason updates the condition, but is no transition", () => {
  const status = after({ observedGeneration: 3, conditions: [{ ...broken, message: "another" }] }, FAILED);
  expect(status?.conditions?.[0]).toMatchObject({
    lastUpdateTime: "2026-03-01T10:20:30Z",
    lastTransitionTime: BEFORE,
  });
});

describe("nothing is written", () => {
  test.each([
    ["success again", healthy, SYNCED],
    ["the same failure again", broken, FAILED],
  ])("on %s", (_, condition, outcome) => {
    const status = { observedGeneration: 3, conditions: [condition, THEIRS], sealedWith: ["SHA256:a"], record: "AQ==" };
    expect(after(status, outcome)).toBeNull();
  });
});

describe("it is written again", () => {
  test("for a new generation, with the old transition time", () => {
    const status = after({ observedGeneration: 2, conditions: [healthy] }, SYNCED);
    expect(status?.observedGeneration).toBe(3);
    expect(status?.conditions?.[0]?.lastTransitionTime).toBe(BEFORE);
  });

  test("where the Go controller left no reason", () => {
    const { reason: _, ...bare } = healthy;
    expect(after({ observedGeneration: 3, conditions: [bare] }, SYNCED)?.conditions?.[0]?.reason).toBe("Unsealed");
  });

  test("where the condition is not the first, which printer columns read", () => {
    const status = after({ observedGeneration: 3, conditions: [THEIRS, healthy] }, SYNCED);
    expect(status?.conditions?.map(({ type }) => type)).toEqual(["Synced", "Audited"]);
  });
});

test("other people's conditions and fields stay, behind ours", () => {
  const status = after({ conditions: [THEIRS, broken], note: "theirs" }, SYNCED);
  expect(status).toMatchObject({ note: "theirs", conditions: [{ type: "Synced" }, THEIRS] });
});

test("what was observed is not changed in place", () => {
  const status = Object.freeze({ observedGeneration: 2, conditions: Object.freeze([Object.freeze(broken)]) });
  expect(after(status, SYNCED)?.conditions?.[0]?.status).toBe("True");
  expect(status.conditions[0]?.status).toBe("False");
});

describe("beside Synced, for tools that do not know it", () => {
  const withKstatus = (status: SealedSecretStatus, outcome: Success | Failure) =>
    nextOf(status, outcome, { kstatus: true })?.status ?? null;
  const types = (status: SealedSecretStatus | null) =>
    status?.conditions?.map(({ type, status: value }) => `${type} ${value}`);
  const retried: Failure = { ...FAILED, stage: "update", reason: "ApiUnavailable" };

  test("success is Ready", () => {
    expect(types(withKstatus({}, SYNCED))).toEqual(["Synced True", "Ready True"]);
  });

  test("what no retry cures is Stalled, with the reason in each", () => {
    const status = withKstatus({}, FAILED);
    expect(types(status)).toEqual(["Synced False", "Ready False", "Stalled True"]);
    for (const condition of status?.conditions ?? []) expect(condition).toMatchObject({ reason: "Undecryptable" });
  });

  test("what is tried again is Reconciling", () => {
    expect(types(withKstatus({}, retried))).toEqual(["Synced False", "Ready False", "Reconciling True"]);
  });

  test("neither stays when it is true no longer, and what others wrote does", () => {
    const stalled = withKstatus({ conditions: [THEIRS] }, FAILED) ?? {};
    expect(types(withKstatus(stalled, retried))).toEqual([
      "Synced False",
      "Ready False",
      "Reconciling True",
      "Audited True",
    ]);
    expect(types(withKstatus(stalled, SYNCED))).toEqual(["Synced True", "Ready True", "Audited True"]);
  });

  test("the same again is nothing to write", () => {
    for (const outcome of [SYNCED, FAILED, retried])
      expect(withKstatus(withKstatus({}, outcome) ?? {}, outcome)).toBeNull();
  });

  test("switched off, they are taken away", () => {
    expect(types(after(withKstatus({}, FAILED) ?? {}, FAILED))).toEqual(["Synced False"]);
  });
});

describe("the keys that opened it, and the record", () => {
  const ours = { sealedWith: ["SHA256:a"], record: "AQ==" };
  const current = { observedGeneration: 3, conditions: [healthy] };

  test("are written again where they are others, and nothing else is: no time, and no news", () => {
    for (const other of [{ ...ours, sealedWith: ["SHA256:old"] }, { ...ours, record: "AgAB" }, {}]) {
      const next = nextOf({ ...current, ...other }, SYNCED);
      expect(next).toEqual({ status: { ...current, ...ours }, news: false });
    }
  });

  test("are no reason to write where the CRD has no place for them, and are written where there is another", () => {
    expect(nextOf(current, SYNCED, { keepsOurFields: false })).toBeNull();
    const next = nextOf({ ...current, observedGeneration: 2 }, SYNCED, { keepsOurFields: false });
    expect(next).toMatchObject({ status: ours, news: true });
  });

  test("stay as they were when it opens no longer: the Secret is what it was", () => {
    expect(after({ ...current, ...ours }, FAILED)).toMatchObject(ours);
    expect(Object.keys(after(current, FAILED) ?? {})).toEqual(["observedGeneration", "conditions"]);
  });

  test("a record goes where none can be made", () => {
    expect(after({ ...current, ...ours }, { ...SYNCED, record: null })).not.toHaveProperty("record");
  });
});

describe("events, named as the Go controller names them", () => {
  test("success", () => {
    expect(eventOf(SYNCED)).toEqual({
      type: "Normal",
      reason: "Unsealed",
      message: "SealedSecret unsealed successfully",
    });
  });

  test("a repair names what was changed", () => {
    const items = Array.from({ length: 12 }, (_, index) => `item-${index}`);
    const { type, reason, message } = eventOf({ ...SYNCED, drift: { items, parts: ["labels"] } });
    expect({ type, reason }).toEqual({ type: "Warning", reason: "DriftRepaired" });
    expect(message).toMatch(/: items item-0, .*item-9, 2 more; labels$/);
    expect(eventOf({ ...SYNCED, drift: { items: [], parts: ["type"] } }).message).toMatch(/put right: type$/);
  });

  test("a SealedSecret that cannot be unsealed", () => {
    expect(eventOf(FAILED)).toEqual({
      type: "Warning",
      reason: "ErrUnsealFailed",
      message: "Failed to unseal: password: no key",
    });
  });

  test("a Secret that cannot be written", () => {
    expect(eventOf({ ...FAILED, stage: "update", message: "refused" })).toEqual({
      type: "Warning",
      reason: "ErrUpdateFailed",
      message: "refused",
    });
  });
});
