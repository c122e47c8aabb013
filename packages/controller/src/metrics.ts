import type { KeyRing } from "@sealwright/core";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { conditionInfo } from "./condition-info.ts";
import type { SealedSecretObject } from "./kubernetes/sealed-secrets.ts";
import type { RecordUse } from "./outcome.ts";
import { URGENCIES, type Urgency } from "./waiting-keys.ts";
import type { WorkQueue } from "./work-queue.ts";

export interface MetricsOptions {
  readonly version: string;
  /** Looked at when the metrics are asked for; null leaves out whatever names a SealedSecret. */
  readonly sealedSecrets: (() => Iterable<SealedSecretObject>) | null;
  /** Looked at when the metrics are asked for. */
  readonly ring: () => KeyRing;
  readonly queue: () => Pick<WorkQueue, "depth" | "oldest" | "failed">;
  /** Looked at when the metrics are asked for: of each shard, whether it is this replica's. */
  readonly shards: () => readonly boolean[];
  /** Looked at when the metrics are asked for. */
  readonly auditLinesLost: () => number;
  readonly now: () => Date;
}

/** Reasons of `unseal_errors_total`, as the Go controller counts them. */
export type UnsealError = "fetch" | "status" | "unmanaged" | "unseal" | "update";

/** The Go project's own; people's dashboards and alerts know them. */
const GO = "sealed_secrets_controller_";
const OURS = "sealwright_controller_";

/**
 * Milliseconds between two looks at how late the event loop is, which Node counts in. prom-client's own 10 wake a process that has nothing to
 * do a hundred times a second, which was most of what it used of a processor.
 */
const EVENT_LOOP_LOOKS = 100;

/** Go's default buckets, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What can be counted of the controller: names and numbers of objects, never anything of a value. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #unsealRequests: Counter;
  readonly #unsealErrors: Counter<"reason" | "namespace">;
  readonly #sealedSecrets: MetricsOptions["sealedSecrets"];
  readonly #httpRequests: Counter<"path" | "code" | "method">;
  readonly #httpSeconds: Histogram<"path" | "method">;
  readonly #reconciles: Counter<"result">;
  readonly #recordUses: Counter<"use">;
  readonly #unsealSeconds: Histogram;
  readonly #itemsOpened: Counter;
  readonly #apiSeconds: Histogram<"method" | "code">;
  readonly #watchRestarts: Counter<"resource">;
  readonly #queueSeconds: Histogram<"urgency">;

  constructor({ version, sealedSecrets, ring, queue, shards, auditLinesLost, now }: MetricsOptions) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: EVENT_LOOP_LOOKS });
    new Gauge({ name: `${GO}build_info`, help: "Build information.", labelNames: ["revision"], registers }).set(
      { revision: version },
      1,
    );
    this.#unsealRequests = new Counter({
      name: `${GO}unseal_requests_total`,
      help: "How often a SealedSecret was looked at.",
      registers,
    });
    this.#unsealErrors = new Counter({
      name: `${GO}unseal_errors_total`,
      help: "How often that failed, by reason.",
      labelNames: ["reason", "namespace"],
      registers,
    });
    this.#sealedSecrets = sealedSecrets;
    this.#httpRequests = new Counter({
      name: `${GO}http_requests_total`,
      help: "HTTP requests.",
      labelNames: ["path", "code", "method"],
      registers,
    });
    this.#httpSeconds = new Histogram({
      name: `${GO}http_request_duration_seconds`,
      help: "How long HTTP requests took.",
      labelNames: ["path", "method"],
      buckets: BUCKETS,
      registers,
    });
    this.#reconciles = new Counter({
      name: `${OURS}reconciles_total`,
      help: "How looks at a SealedSecret ended: created or changed the Secret, unchanged, failed, or raced with somebody quicker.",
      labelNames: ["result"],
      registers,
    });
    this.#recordUses = new Counter({
      name: `${OURS}record_uses_total`,
      help: "What the record in the status was good for, where a look succeeded: version and content spared every decryption, items some; refused and none, none.",
      labelNames: ["use"],
      registers,
    });
    this.#itemsOpened = new Counter({
      name: `${OURS}items_opened_total`,
      help: "Items that were opened with a private key, each for one private-key operation at least.",
      registers,
    });
    this.#unsealSeconds = new Histogram({
      name: `${OURS}unseal_duration_seconds`,
      help: "How long it took to open all items of a SealedSecret.",
      buckets: BUCKETS,
      registers,
    });
    this.#apiSeconds = new Histogram({
      name: `${OURS}api_request_duration_seconds`,
      help: "How long requests to the API server took, but for Leases; code 0 where no answer came.",
      labelNames: ["method", "code"],
      buckets: BUCKETS,
      registers,
    });
    this.#watchRestarts = new Counter({
      name: `${OURS}watch_restarts_total`,
      help: "How often a watch failed and was begun again.",
      labelNames: ["resource"],
      registers,
    });
    this.#queueSeconds = new Histogram({
      name: `${OURS}queue_wait_seconds`,
      help: "How long SealedSecrets waited to be looked at, from when they were due.",
      labelNames: ["urgency"],
      buckets: BUCKETS,
      registers,
    });
    new Counter({
      name: `${OURS}audit_lines_lost_total`,
      help: "Lines of the audit log that could not be written.",
      registers,
      collect() {
        this.reset();
        this.inc(auditLinesLost());
      },
    });
    queueGauges(queue, registers);
    keyGauges(ring, now, registers);
    new Gauge({
      name: `${OURS}shard_held`,
      help: "1 for each shard whose SealedSecrets this replica works on, 0 for the others; over all replicas, 1 for each.",
      labelNames: ["shard"],
      registers,
      collect() {
        for (const [shard, held] of shards().entries()) this.set({ shard }, held ? 1 : 0);
      },
    });
  }

  /** What a Prometheus server reads. */
  async exposition(): Promise<{ readonly type: string; readonly body: string }> {
    const conditions = this.#sealedSecrets === null ? "" : await conditionInfo(this.#sealedSecrets());
    return { type: this.#registry.contentType, body: `${conditions}${await this.#registry.metrics()}` };
  }

  unsealRequested(): void {
    this.#unsealRequests.inc();
  }

  unsealFailed(reason: UnsealError, namespace: string): void {
    this.#unsealErrors.inc({ reason, namespace });
  }

  reconciled(result: "changed" | "unchanged" | "failed" | "raced"): void {
    this.#reconciles.inc({ result });
  }

  recordUsed(use: RecordUse): void {
    this.#recordUses.inc({ use });
  }

  /** Times the opening of a SealedSecret, whether it opens or not, and counts its items. */
  async timeUnseal<T extends { readonly keyOf: ReadonlyMap<string, string> }>(unseal: () => Promise<T>): Promise<T> {
    const end = this.#unsealSeconds.startTimer();
    try {
      const opened = await unseal();
      this.#itemsOpened.inc(opened.keyOf.size);
      return opened;
    } finally {
      end();
    }
  }

  begun({ urgency, seconds }: { readonly urgency: Urgency; readonly seconds: number }): void {
    this.#queueSeconds.observe({ urgency }, seconds);
  }

  apiAnswered({ method, status, seconds }: { method: string; status: number; seconds: number }): void {
    this.#apiSeconds.observe({ method, code: status }, seconds);
  }

  watchRestarted(resource: "sealedsecrets" | "secrets" | "keys"): void {
    this.#watchRestarts.inc({ resource });
  }

  httpAnswered({
    path,
    method,
    status,
    seconds,
  }: {
    path: string;
    method: string;
    status: number;
    seconds: number;
  }): void {
    this.#httpRequests.inc({ path, method, code: status });
    this.#httpSeconds.observe({ path, method }, seconds);
  }
}

function queueGauges(queue: MetricsOptions["queue"], registers: Registry[]): void {
  new Gauge({
    name: `${OURS}queue_depth`,
    help: "SealedSecrets that wait to be looked at now: changed, of a backlog, or to be tried again.",
    labelNames: ["urgency"],
    registers,
    collect() {
      for (const urgency of URGENCIES) this.set({ urgency }, queue().depth(urgency));
    },
  });
  new Gauge({
    name: `${OURS}queue_oldest_seconds`,
    help: "For how long the one that came first has waited; 0 where none does.",
    labelNames: ["urgency"],
    registers,
    collect() {
      for (const urgency of URGENCIES) this.set({ urgency }, queue().oldest(urgency));
    },
  });
  new Gauge({
    name: `${OURS}failed_sealed_secrets`,
    help: "SealedSecrets of which the last look failed.",
    registers,
    collect() {
      this.set(queue().failed);
    },
  });
}

/** Empties itself before it is filled: a key that is retired is told of no longer. */
function keyGauges(ring: () => KeyRing, now: () => Date, registers: Registry[]): void {
  new Gauge({
    name: `${OURS}sealing_key_age_seconds`,
    help: "Time since the sealing key's place in the order of keys.",
    labelNames: ["fingerprint"],
    registers,
    collect() {
      this.reset();
      for (const { fingerprint, orderedBy } of ring().keys) {
        this.set({ fingerprint }, (now().getTime() - orderedBy.getTime()) / 1_000);
      }
    },
  });
  new Gauge({
    name: `${OURS}certificate_expiry_seconds`,
    help: "Time until the sealing key's certificate expires; below 0 where it has.",
    labelNames: ["fingerprint"],
    registers,
    collect() {
      this.reset();
      for (const { fingerprint, certificate } of ring().keys) {
        if (certificate !== null) {
          this.set({ fingerprint }, (certificate.notAfter.getTime() - now().getTime()) / 1_000);
        }
      }
    },
  });
}
