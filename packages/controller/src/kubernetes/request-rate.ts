import { setTimeout as delay } from "node:timers/promises";

export interface RequestRateOptions {
  readonly perSecond: number;
  /** How many may go out at once after a quiet time; 1 at the least. */
  readonly burst: number;
}

/** Lets requests out at a rate, each in its turn, as Go's client does with its token bucket. */
export class RequestRate {
  readonly #interval: number;
  readonly #lead: number;
  /** When the next one would go out if there were no burst; on the clock that never jumps. */
  #next = 0;

  constructor({ perSecond, burst }: RequestRateOptions) {
    this.#interval = 1_000 / perSecond;
    this.#lead = (Math.max(1, burst) - 1) * this.#interval;
  }

  /** Resolves when the next request may go out; rejects when the signal is aborted before. */
  async turn(signal?: AbortSignal): Promise<void> {
    const pause = this.reserve(performance.now());
    if (pause > 0) await delay(pause, undefined, signal === undefined ? {} : { signal });
  }

  /** Takes a place; returns the milliseconds until it comes. */
  reserve(now: number): number {
    const at = Math.max(this.#next, now);
    this.#next = at + this.#interval;
    return Math.max(0, at - this.#lead - now);
  }
}
