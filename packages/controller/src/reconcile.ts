import { bringAbout, leftAsRecorded } from "./bring-about.ts";
import { ApiError, isRace } from "./kubernetes/api-error.ts";
import { type Failure, failureOf, failureOfRefusal, type Outcome } from "./outcome.ts";
import type { ExistingSecret, ObservedSealedSecret, ReconcilePorts } from "./ports.ts";
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
 * Looks at one SealedSecret: what it and its record say, the Secret where that must be read, unseal, plan, apply, status, event; and no
 * further than it takes to know that all is as it was left. Safe to repeat, or to be cut short, at any point: the Secret is written
 * before the status, both over the very version that was looked at, and only the status makes a later look do less.
 *
 * @param key `namespace/name`
 * @param patient whether nothing is to be said yet of an API server that does not answer: it mostly passes, and a status that was good stays
 * @returns what came of it, or null where nothing is to be done: all is as this process left it, or the SealedSecret is gone
 * @throws NotSynced; NotReported; ApiError where somebody was quicker (`isRace`), or where the API server did not answer who is patient
 */
export async function reconcile(
  key: string,
  ports: ReconcilePorts,
  { patient = false }: { readonly patient?: boolean } = {},
): Promise<Outcome | null> {
  const known = ports.sealedSecrets.get(key);
  if (known === null || ports.settled.holds(known)) return null;
  const left = await asLeft(known, ports);
  if (left !== null && left !== "changed") return left;
  const ahead = left === "changed" ? await readAhead(known, ports) : undefined;
  const observed = await ports.sealedSecrets.whole(known);
  if (observed === null) return null;
  const outcome = await outcomeOf(observed, ports, { patient, ahead });
  const news = await report(observed, outcome, ports);
  if (outcome.kind === "failed") throw new NotSynced(outcome, news);
  ports.settled.note(observed, outcome.secretVersion);
  return outcome;
}

/** Null where more than the record must be looked at, or the status does not say all of this yet; `changed` where the Secret alone has. */
async function asLeft(known: ObservedSealedSecret, ports: ReconcilePorts): Promise<Outcome | "changed" | null> {
  if (ports.keys.isKeyName(known.namespace, known.name)) return null;
  const outcome = await leftAsRecorded(known, ports);
  if (outcome === null || outcome === "changed") return outcome;
  if (nextOf(known, outcome, ports) !== null) return null;
  ports.settled.note(known, outcome.secretVersion);
  return outcome;
}

/**
 * A Secret that must be read, before its spec is asked for: that answer tells what is current, which nobody has to ask again before he
 * writes. Undefined where it cannot be read: who has to will say why.
 */
async function readAhead({ namespace, name }: ObservedSealedSecret, { secrets }: ReconcilePorts) {
  return secrets.get(namespace, name).catch(() => undefined);
}

interface Look {
  readonly patient: boolean;
  readonly ahead: ExistingSecret | null | undefined;
}

async function outcomeOf(
  observed: ObservedSealedSecret,
  ports: ReconcilePorts,
  { patient, ahead }: Look,
): Promise<Outcome> {
  if (ports.keys.isKeyName(observed.namespace, observed.name)) return failureOfRefusal({ kind: "key_name" });
  try {
    const result = await bringAbout(observed, ports, ahead);
    return "action" in result ? failureOfRefusal(result.refusal) : result;
  } catch (error) {
    if (isRace(error)) throw error;
    const failure = failureOf(error);
    if (patient && error instanceof ApiError && failure.reason === "ApiUnavailable") throw error;
    return failure;
  }
}

/** Tells of an outcome where nothing has told of it yet; resolves to whether it was news. */
async function report(observed: ObservedSealedSecret, outcome: Outcome, ports: ReconcilePorts): Promise<boolean> {
  const next = nextOf(observed, outcome, ports);
  if (next !== null) {
    try {
      await ports.statuses.write(observed, next.status);
    } catch (error) {
      throw isRace(error) ? error : new NotReported(outcome, error);
    }
  }
  const news = next?.news === true || (outcome.kind === "synced" && outcome.changed);
  if (news) ports.events.record(observed, eventOf(outcome));
  return news;
}

function nextOf(observed: ObservedSealedSecret, outcome: Outcome, { kstatus, statuses, clock }: ReconcilePorts) {
  return nextStatus(observed, outcome, clock.now(), { kstatus, keepsOurFields: statuses.keepsOurFields });
}
