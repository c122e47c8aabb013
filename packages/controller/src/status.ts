import { printable } from "@sealwright/core";
import { mayHeal, type Outcome } from "./outcome.ts";
import type { Drift } from "./plan.ts";
import type { Condition, ObservedSealedSecret, SealedSecretEvent, SealedSecretStatus } from "./ports.ts";

/** The condition that the Go controller writes. Printer columns and people's policies read it as the first of the list. */
const SYNCED = "Synced";
/** What tools that know no `Synced` look at, as kstatus defines them; the last two stand only while they are true. */
const KSTATUS = ["Ready", "Stalled", "Reconciling"];

export interface StatusOptions {
  /** Whether `Ready`, `Stalled` and `Reconciling` stand beside `Synced`. */
  readonly kstatus: boolean;
  /** Whether the CRD has a place for the keys and the record. Where it has none they would have each status written for ever. */
  readonly keepsOurFields: boolean;
}

export interface NextStatus {
  readonly status: SealedSecretStatus;
  /** Whether it says something that was not said before: of this generation, or in a condition. */
  readonly news: boolean;
}

/** The status after an outcome, or null where the one that was observed says the same already. */
export function nextStatus(
  observed: ObservedSealedSecret,
  outcome: Outcome,
  now: Date,
  options: StatusOptions,
): NextStatus | null {
  const { status } = observed;
  const before = status.conditions ?? [];
  const after = conditionsAfter(before, outcome, now, options);
  const news = status.observedGeneration !== observed.generation || !saySame(before, after);
  const ours = oursAfter(status, outcome);
  const sameOurs = !options.keepsOurFields || JSON.stringify(oursOf(status)) === JSON.stringify(ours);
  if (!news && sameOurs) return null;
  const { sealedWith: _keys, record: _record, ...rest } = status;
  const said = { observedGeneration: observed.generation, conditions: news ? after : before };
  return { status: { ...rest, ...said, ...ours }, news };
}

type Ours = Pick<SealedSecretStatus, "sealedWith" | "record">;

function oursOf({ sealedWith, record }: SealedSecretStatus): Ours {
  return { ...(sealedWith && { sealedWith }), ...(record !== undefined && { record }) };
}

/** A failure leaves the Secret as it was, and with it what is known of it. */
function oursAfter(status: SealedSecretStatus, outcome: Outcome): Ours {
  if (outcome.kind === "failed") return oursOf(status);
  return { sealedWith: outcome.keys, ...(outcome.record !== null && { record: outcome.record }) };
}

function conditionsAfter(
  before: readonly Condition[],
  outcome: Outcome,
  now: Date,
  { kstatus }: StatusOptions,
): readonly Condition[] {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const ours = [syncedCondition(outcome), ...(kstatus ? kstatusConditions(outcome) : [])];
  const others = before.filter(({ type }) => type !== SYNCED && !KSTATUS.includes(type));
  return [...ours.map((condition) => stamped(condition, before, time)), ...others];
}

/** The event that tells of an outcome. */
export function eventOf(outcome: Outcome): SealedSecretEvent {
  if (outcome.kind === "synced") {
    if (outcome.drift !== null)
      return { type: "Warning", reason: "DriftRepaired", message: describeDrift(outcome.drift) };
    return { type: "Normal", reason: "Unsealed", message: "SealedSecret unsealed successfully" };
  }
  const unsealing = outcome.stage === "unseal";
  return {
    type: "Warning",
    reason: unsealing ? "ErrUnsealFailed" : "ErrUpdateFailed",
    message: unsealing ? `Failed to unseal: ${outcome.message}` : outcome.message,
  };
}

const SHOWN_ITEMS = 10;

function describeDrift({ items, parts }: Drift): string {
  const named = items.slice(0, SHOWN_ITEMS).map((item) => printable(item));
  if (items.length > SHOWN_ITEMS) named.push(`${items.length - SHOWN_ITEMS} more`);
  const changed = [...(named.length === 0 ? [] : [`items ${named.join(", ")}`]), ...parts];
  return `somebody else changed the Secret, which was put right: ${changed.join("; ")}`;
}

type Statement = Pick<Condition, "type" | "status"> & { readonly reason: string; readonly message: string };

function syncedCondition(outcome: Outcome): Statement {
  if (outcome.kind === "synced") return { type: SYNCED, status: "True", reason: "Unsealed", message: "" };
  return { type: SYNCED, status: "False", reason: outcome.reason, message: outcome.message };
}

function kstatusConditions(outcome: Outcome): readonly Statement[] {
  const ready = { ...syncedCondition(outcome), type: "Ready" };
  if (outcome.kind === "synced") return [ready];
  return [ready, { ...ready, type: mayHeal(outcome) ? "Reconciling" : "Stalled", status: "True" }];
}

/** A statement with its times, the transition's from before where its status is the same. */
function stamped(statement: Statement, before: readonly Condition[], time: string): Condition {
  const { type, status, reason, message } = statement;
  const former = before.find((condition) => condition.type === type);
  const lastTransitionTime = former?.status === status ? (former.lastTransitionTime ?? time) : time;
  return { type, status, lastUpdateTime: time, lastTransitionTime, reason, message };
}

function saySame(before: readonly Condition[], after: readonly Condition[]): boolean {
  const statements = (conditions: readonly Condition[]) =>
    JSON.stringify(conditions.map(({ type, status, reason = "", message = "" }) => [type, status, reason, message]));
  return statements(before) === statements(after);
}
