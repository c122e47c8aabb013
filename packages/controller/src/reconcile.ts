import { readSealedSecret } from "@sealwright/core";
import { isRace } from "./kubernetes/api-error.ts";
import { type Failure, failureOf, failureOfRefusal, type Outcome } from "./outcome.ts";
import { type Plan, plan } from "./plan.ts";
import type { ObservedSealedSecret, ReconcilePorts } from "./ports.ts";
import { eventOf, nextStatus } from "./status.ts";

/** A SealedSecret that is not a Secret yet; its status says why. Asks for another look, later. */
export class NotSynced extends Error {
  readonly failure: Failure;
  /** Whether its status says so for the first time. */
  readonly news: boolean;

  constructor(failure: Failure, news: boolean) {
    super(failure.message);
    this.failure = failure;
    this.news = news;
  }
}

/** What came of a SealedSecret is done, but its status does not tell of it yet. Asks for another look, later. */
export class NotReported extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, cause: unknown) {
    super("the status could not be written", { cause });
    this.outcome = outcome;
  }
}

/**
 * Looks at one SealedSecret: read, unseal, plan, apply, status. Safe to repeat at any point.
 *
 * @param key `namespace/name`
 * @returns what came of it, or null where nothing is to be done: all is as it was left, or the SealedSecret is gone
 * @throws NotSynced; NotReported; ApiError where somebody was quicker (`isRace`)
 */
export async function reconcile(key: string, ports: ReconcilePorts): Promise<Outcome | null> {
  const observed = ports.sealedSecrets.get(key);
  if (observed === null || ports.settled.holds(observed)) return null;
  const outcome = await apply(observed, ports);
  const news = await report(observed, outcome, ports);
  if (outcome.kind === "failed") throw new NotSynced(outcome, news);
  ports.settled.note(observed, outcome.secretVersion);
  return outcome;
}

async function apply(observed: ObservedSealedSecret, ports: ReconcilePorts): Promise<Outcome> {
  const { namespace, name } = observed;
  if (ports.keys.isKeyName(namespace, name)) return failureOfRefusal({ kind: "key_name" });
  try {
    const { secret, keys } = await ports.unseal(readSealedSecret(observed.manifest));
    const planned = plan(observed, secret, await ports.secrets.get(namespace, name));
    if (planned.action === "refuse") return failureOfRefusal(planned.refusal);
    const drift = planned.action === "replace" ? planned.drift : null;
    const secretVersion = await carryOut(planned, ports);
    return { kind: "synced", changed: planned.action !== "keep", drift, secretVersion, keys: [...keys].sort() };
  } catch (error) {
    if (isRace(error)) throw error;
    return failureOf(error);
  }
}

/** Resolves to the resourceVersion of the Secret as it is then. */
async function carryOut(planned: Exclude<Plan, { action: "refuse" }>, { secrets }: ReconcilePorts): Promise<string> {
  switch (planned.action) {
    case "create":
      return secrets.create(planned.secret);
    case "replace":
      return secrets.replace(planned.secret, planned.over);
    case "keep":
      return planned.existing.resourceVersion;
  }
}

/** Tells of an outcome where nothing has told of it yet; resolves to whether it was news. */
async function report(observed: ObservedSealedSecret, outcome: Outcome, ports: ReconcilePorts): Promise<boolean> {
  const status = nextStatus(observed, outcome, ports.clock.now(), ports);
  if (status !== null) {
    try {
      await ports.statuses.write(observed, status);
    } catch (error) {
      throw isRace(error) ? error : new NotReported(outcome, error);
    }
  }
  const news = status !== null || (outcome.kind === "synced" && outcome.changed);
  if (news) ports.events.record(observed, eventOf(outcome));
  return news;
}
