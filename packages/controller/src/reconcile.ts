import { readSealedSecret, unseal } from "@sealwright/core";
import { ApiError } from "./kubernetes/api-error.ts";
import { type Failure, failureOf, failureOfRefusal, type Outcome } from "./outcome.ts";
import { plan } from "./plan.ts";
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

/**
 * Looks at one SealedSecret: read, unseal, plan, apply, status. Safe to repeat at any point.
 *
 * @param key `namespace/name`
 * @returns what came of it, or null where the SealedSecret is gone (the garbage collector sees to its Secret)
 * @throws NotSynced, or ApiError where even the status could not be written
 */
export async function reconcile(key: string, ports: ReconcilePorts): Promise<Outcome | null> {
  const observed = ports.sealedSecrets.get(key);
  if (observed === null) return null;
  const outcome = await apply(observed, ports);
  const news = await report(observed, outcome, ports);
  if (outcome.kind === "failed") throw new NotSynced(outcome, news);
  return outcome;
}

async function apply(observed: ObservedSealedSecret, ports: ReconcilePorts): Promise<Outcome> {
  try {
    const { secret } = await unseal(readSealedSecret(observed.manifest), ports.keys.ring);
    const existing = await ports.secrets.get(observed.namespace, observed.name);
    const planned = plan(observed, secret, existing);
    switch (planned.action) {
      case "refuse":
        return failureOfRefusal(planned.refusal);
      case "create":
        await ports.secrets.create(planned.secret);
        return { kind: "synced", changed: true };
      case "replace":
        if (existing !== null) await ports.secrets.replace(planned.secret, existing);
        return { kind: "synced", changed: true };
      case "keep":
        return { kind: "synced", changed: false };
    }
  } catch (error) {
    // Somebody was quicker: nothing is wrong, and the next look sees what he did.
    if (error instanceof ApiError && error.status === 409) throw error;
    return failureOf(error);
  }
}

/** Tells of an outcome where nothing has told of it yet; resolves to whether it was news. */
async function report(observed: ObservedSealedSecret, outcome: Outcome, ports: ReconcilePorts): Promise<boolean> {
  const status = nextStatus(observed, outcome, ports.clock.now());
  if (status !== null) await ports.statuses.write(observed, status);
  const news = status !== null || (outcome.kind === "synced" && outcome.changed);
  if (news) ports.events.record(observed, eventOf(outcome));
  return news;
}
