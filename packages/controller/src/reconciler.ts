import type { Audit } from "./audit/audit.ts";
import { isRace } from "./kubernetes/api-error.ts";
import type { Log } from "./log.ts";
import type { Metrics, UnsealError } from "./metrics.ts";
import { describeError, type Failure, mayHeal } from "./outcome.ts";
import type { ReconcilePorts } from "./ports.ts";
import { NotReported, NotSynced, reconcile } from "./reconcile.ts";
import { exponentialBackoff } from "./work-queue.ts";

export interface ReconcilerOptions {
  readonly ports: ReconcilePorts;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly audit: Audit;
  /** Null for no end. */
  readonly maxRetries: number | null;
}

/** So many looks in a row may fail for want of an API server, about ten seconds, before statuses tell of it. */
const PATIENCE = 4;

/** Reconciles, tells log and metrics how it went, and says when to look again. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /**
   * One look at a SealedSecret. Throws what `reconcile` throws.
   *
   * @param failures looks in a row that failed before this one
   */
  async look(key: string, failures: number): Promise<void> {
    const { ports, log, metrics, maxRetries } = this.#options;
    const [namespace = "", name = ""] = key.split("/");
    metrics.unsealRequested();
    try {
      const outcome = await reconcile(key, ports, { patient: failures < Math.min(PATIENCE, maxRetries ?? PATIENCE) });
      const changed = outcome?.kind === "synced" && outcome.changed;
      metrics.reconciled(changed ? "changed" : "unchanged");
      if (outcome?.kind === "synced") metrics.recordUsed(outcome.use);
      if (changed)
        log.info(outcome.drift === null ? "Unsealed" : "Put right what somebody else changed", { namespace, name });
    } catch (error) {
      this.#failed(error, { namespace, name });
      throw error;
    }
  }

  /** What waits for a person is looked at seldom: a change of the object, its Secret or the keys brings it back at once. */
  readonly pauseAfter = (failures: number, error: unknown): number | null => {
    const { maxRetries } = this.#options;
    if (maxRetries !== null && failures > maxRetries && !isRace(error)) return null;
    const hopeless = error instanceof NotSynced && !mayHeal(error.failure);
    const pauses = hopeless ? { first: 60_000, longest: 1_800_000 } : { first: 200, longest: 300_000 };
    return exponentialBackoff(failures, pauses);
  };

  #failed(error: unknown, at: { readonly namespace: string; readonly name: string }): void {
    const { log, metrics, audit } = this.#options;
    metrics.reconciled(isRace(error) ? "raced" : "failed");
    if (error instanceof NotSynced) {
      const { reason, message } = error.failure;
      metrics.unsealFailed(errorOf(error.failure), at.namespace);
      if (!error.news) return;
      log.warn("Not unsealed", { ...at, reason, message });
      audit.record({ audit: "refuse", result: reason, ...at });
      return;
    }
    if (error instanceof NotReported) {
      const { outcome } = error;
      if (outcome.kind === "failed") metrics.unsealFailed(errorOf(outcome), at.namespace);
      metrics.unsealFailed("status", at.namespace);
      const reason = outcome.kind === "failed" ? outcome.reason : "Unsealed";
      log.warn("The status could not be written", { ...at, reason, message: describeError(error.cause) });
      return;
    }
    if (isRace(error)) log.info("Changed meanwhile, and looked at again", at);
    else this.#notDone(error, at);
  }

  /** The API server did not answer, and the status does not tell of it (yet). */
  #notDone(error: unknown, at: { readonly namespace: string; readonly name: string }): void {
    const { log, metrics } = this.#options;
    metrics.unsealFailed("update", at.namespace);
    log.warn("Not done yet", { ...at, message: describeError(error) });
  }
}

/** The Go controller's word for it. */
function errorOf({ stage, reason }: Failure): UnsealError {
  if (stage === "unseal") return "unseal";
  return reason === "NotManaged" ? "unmanaged" : "update";
}
