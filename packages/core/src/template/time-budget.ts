/** How much time each owner may use: so much at once, and a part of the time that goes by. */
export interface TimeBudgetOptions {
  /** Milliseconds. */
  readonly atOnce: number;
  /** Milliseconds that come back with each millisecond. */
  readonly regained: number;
  /** Milliseconds since whenever. */
  readonly now: () => number;
}

/** The time that owners have used, less what they have regained since. */
export class TimeBudget {
  readonly #options: TimeBudgetOptions;
  /** Milliseconds used, and when that was true. Those who have regained everything are left out. */
  readonly #used = new Map<string, { readonly time: number; readonly at: number }>();

  constructor(options: TimeBudgetOptions) {
    this.#options = options;
  }

  isSpent(owner: string): boolean {
    return this.usedBy(owner) >= this.#options.atOnce;
  }

  /** Milliseconds. */
  usedBy(owner: string): number {
    const used = this.#used.get(owner);
    if (used === undefined) return 0;
    return Math.max(0, used.time - (this.#options.now() - used.at) * this.#options.regained);
  }

  /** @param time milliseconds */
  charge(owner: string, time: number): void {
    if (time === 0) return;
    for (const each of this.#used.keys()) if (this.usedBy(each) === 0) this.#used.delete(each);
    this.#used.set(owner, { time: this.usedBy(owner) + time, at: this.#options.now() });
  }
}
