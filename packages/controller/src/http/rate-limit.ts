export interface RateLimitOptions {
  readonly perSecond: number;
  /** So many more at once, after a quiet time. */
  readonly burst: number;
  /** Clients that are remembered; the one that was quiet for longest is forgotten first. */
  readonly clients?: number;
}

/** As many as Go's limiter remembers. */
const CLIENTS = 65_536;

/** Lets each client call at a rate (GCRA: the virtual schedule of a leaky bucket). */
export class RateLimit {
  readonly #interval: number;
  readonly #lead: number;
  readonly #clients: number;
  /** When the next call of each would be due if there were no burst. */
  readonly #next = new Map<string, number>();

  constructor({ perSecond, burst, clients = CLIENTS }: RateLimitOptions) {
    this.#interval = 1_000 / perSecond;
    this.#lead = burst * this.#interval;
    this.#clients = clients;
  }

  /**
   * Counts a call, unless it comes too early.
   *
   * @param now milliseconds on a clock that never jumps
   * @returns 0, or the milliseconds after which it may be repeated
   */
  call(client: string, now: number): number {
    const due = Math.max(this.#next.get(client) ?? 0, now);
    const early = due - this.#lead - now;
    if (early > 0) return early;
    this.#next.delete(client);
    this.#next.set(client, due + this.#interval);
    if (this.#next.size > this.#clients) for (const [oldest] of this.#next) return this.#forget(oldest);
    return 0;
  }

  #forget(client: string): number {
    this.#next.delete(client);
    return 0;
  }
}
