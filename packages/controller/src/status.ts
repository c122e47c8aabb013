import type { Outcome } from "./outcome.ts";
import type { Condition, ObservedSealedSecret, SealedSecretEvent, SealedSecretStatus } from "./ports.ts";

/** The condition that the Go controller writes. Printer columns and people's policies read it as the first of the list. */
const SYNCED = "Synced";

/** The status after an outcome, or null where the one that was observed says the same already. */
export function nextStatus(observed: ObservedSealedSecret, outcome: Outcome, now: Date): SealedSecretStatus | null {
  const conditions = observed.status.conditions ?? [];
  const before = conditions.find(({ type }) => type === SYNCED);
  const after = syncedCondition(before, outcome, now);
  const current = observed.status.observedGeneration === observed.generation;
  if (current && conditions[0] === before && saysTheSame(before, after)) return null;
  return {
    ...observed.status,
    observedGeneration: observed.generation,
    conditions: [after, ...conditions.filter(({ type }) => type !== SYNCED)],
  };
}

/** The event that tells of an outcome. */
export function eventOf(outcome: Outcome): SealedSecretEvent {
  if (outcome.kind === "synced") {
    return { type: "Normal", reason: "Unsealed", message: "SealedSecret unsealed successfully" };
  }
  const unsealing = outcome.stage === "unseal";
  return {
    type: "Warning",
    reason: unsealing ? "ErrUnsealFailed" : "ErrUpdateFailed",
    message: unsealing ? `Failed to unseal: ${outcome.message}` : outcome.message,
  };
}

function syncedCondition(before: Condition | undefined, outcome: Outcome, now: Date): Condition {
  const synced = outcome.kind === "synced";
  const status = synced ? "True" : "False";
  const time = `${now.toISOString().slice(0, 19)}Z`;
  return {
    type: SYNCED,
    status,
    lastUpdateTime: time,
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? time) : time,
    reason: synced ? "Unsealed" : outcome.reason,
    message: synced ? "" : outcome.message,
  };
}

function saysTheSame(before: Condition | undefined, after: Condition): boolean {
  return (
    before?.status === after.status &&
    (before.reason ?? "") === after.reason &&
    (before.message ?? "") === after.message
  );
}
