import { randomBytes } from "node:crypto";
import { SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND } from "@sealwright/core";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import type { Clock, EventSink, ObservedSealedSecret, SealedSecretEvent } from "../ports.ts";
import { isApiError } from "./api-error.ts";
import { EventBudget } from "./event-budget.ts";
import { Recent } from "./recent.ts";
import { RequestRate } from "./request-rate.ts";
import type { Transport } from "./transport.ts";

export interface EventRecorderOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
}

type Subject = Pick<ObservedSealedSecret, "namespace" | "name" | "uid" | "resourceVersion">;

/** The same event about the same object, however often it happened. */
interface Series {
  readonly about: Subject;
  readonly event: SealedSecretEvent;
  name: string;
  first: string;
  last: string;
  count: number;
  /** Whether the API server has it. */
  stored: boolean;
}

/** Requests for events; whatever is more waits, for a Secret matters more than what is told of it. */
const RATE = { perSecond: 25, burst: 100 };
/** So many wait; then the ones that tell of a success are dropped, and at twice as many the warnings too. */
const MOST_WAITING = 1_000;
const REMEMBERED = 4_096;
/** Milliseconds between two complaints about events that are not taken: there would be as many as events. */
const QUIET = 60_000;

/**
 * Records core/v1 Events from the component `sealed-secrets`, as the Go controller does. Nothing waits for them: what happens again is
 * counted in the event that is there, and one object, or all of them together, can ask for so many and no more.
 */
export class EventRecorder implements EventSink {
  readonly #options: EventRecorderOptions;
  readonly #budget = new EventBudget();
  readonly #series = new Recent<Series>(REMEMBERED);
  readonly #warnings = new Set<Series>();
  readonly #others = new Set<Series>();
  readonly #rate = new RequestRate(RATE);
  readonly #stop = new AbortController();
  #sending: Promise<void> | null = null;
  #quietUntil = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(about: ObservedSealedSecret, event: SealedSecretEvent): void {
    if (this.#stop.signal.aborted || !this.#budget.take(about.uid, performance.now())) return;
    const waiting = event.type === "Warning" ? this.#warnings : this.#others;
    const most = event.type === "Warning" ? 2 * MOST_WAITING : MOST_WAITING;
    if (this.#warnings.size + this.#others.size >= most) return;
    const now = secondsOf(this.#options.clock.now());
    const key = JSON.stringify([about.uid, event.type, event.reason, event.message]);
    const series = this.#series.get(key, () => newSeries(subjectOf(about), event, now));
    series.count += 1;
    series.last = now;
    waiting.add(series);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
  }

  /** Drops what waits; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#sending;
  }

  /** Never throws. */
  async #sendAll(): Promise<void> {
    for (let series = this.#next(); series !== null && !this.#stop.signal.aborted; series = this.#next()) {
      try {
        await this.#rate.turn(this.#stop.signal);
        await this.#send(series);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#complain(series, error);
      }
    }
  }

  #next(): Series | null {
    for (const waiting of [this.#warnings, this.#others]) {
      for (const series of waiting) {
        waiting.delete(series);
        return series;
      }
    }
    return null;
  }

  async #send(series: Series): Promise<void> {
    const { transport } = this.#options;
    const path = `/api/v1/namespaces/${series.about.namespace}/events`;
    if (series.stored) {
      const body = { count: series.count, lastTimestamp: series.last };
      try {
        await transport.request("PATCH", `${path}/${series.name}`, {
          body,
          contentType: "application/merge-patch+json",
        });
        return;
      } catch (error) {
        // Events live for an hour.
        if (!isApiError(error, "NotFound")) throw error;
      }
      Object.assign(series, newSeries(series.about, series.event, series.last), { count: series.count });
    }
    await transport.request("POST", path, { body: manifestOf(series) }).catch((error: unknown) => {
      // Taken, but the answer was lost: nothing else has this name.
      if (!isApiError(error, "AlreadyExists")) throw error;
    });
    series.stored = true;
  }

  #complain({ about: { namespace, name }, event: { reason } }: Series, error: unknown): void {
    const now = performance.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + QUIET;
    this.#options.log.warn("An event could not be recorded", {
      namespace,
      name,
      reason,
      message: describeError(error),
    });
  }
}

/** Without the object itself: a series is remembered for longer than that is. */
function subjectOf({ namespace, name, uid, resourceVersion }: ObservedSealedSecret): Subject {
  return { namespace, name, uid, resourceVersion };
}

function newSeries(about: Subject, event: SealedSecretEvent, now: string): Series {
  return { about, event, name: eventName(about.name), first: now, last: now, count: 0, stored: false };
}

function manifestOf({ about, event, name, first, last, count }: Series): unknown {
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace: about.namespace, name },
    involvedObject: {
      apiVersion: SEALED_SECRET_API_VERSION,
      kind: SEALED_SECRET_KIND,
      namespace: about.namespace,
      name: about.name,
      uid: about.uid,
      resourceVersion: about.resourceVersion,
    },
    ...event,
    source: { component: "sealed-secrets" },
    reportingComponent: "sealed-secrets",
    firstTimestamp: first,
    lastTimestamp: last,
    count,
  };
}

function secondsOf(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** Unique, and still a name where the SealedSecret's is as long as names may be: each part of one ends in a letter or digit. */
function eventName(name: string): string {
  return `${name.slice(0, 230).replace(/[^a-z0-9]+$/, "")}.${randomBytes(8).toString("hex")}`;
}
