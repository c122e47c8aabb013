/** Repairs within this time of each other belong to one quarrel. */
const QUIET = 60_000;
/** So many of them are nobody's quarrel yet. */
const FREE = 3;
const LONGEST_PAUSE = 300_000;

/** How long to wait before a Secret is put right that somebody else changes again and again: two who never give way write without end. */
export class Quarrels {
  readonly #now: () => number;
  readonly #quarrels = new Map<string, { readonly repairs: number; readonly until: number }>();

  /** @param now milliseconds on a clock that never jumps */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Notes another repair; returns the milliseconds to wait before it. */
  pauseBefore(key: string): number {
    const now = this.#now();
    const quarrel = this.#quarrels.get(key);
    const repairs = quarrel === undefined || now > quarrel.until ? 1 : quarrel.repairs + 1;
    const pause = repairs <= FREE ? 0 : Math.min(LONGEST_PAUSE, 1_000 * 2 ** (repairs - FREE - 1));
    this.#quarrels.set(key, { repairs, until: now + pause + QUIET });
    return pause;
  }

  forget(key: string): void {
    this.#quarrels.delete(key);
  }
}
