/** Milliseconds. */
export const TICK = 10;

export interface DeadlineOptions {
  /** Milliseconds for each part of the work. */
  readonly part: number;
  /** Milliseconds for all of it. */
  readonly whole: number;
  readonly onExpiry: () => void;
}

/**
 * A limit on the time that something on another thread takes, counted in ticks that this thread saw go by. A pause of
 * the whole process (a container out of its share of the processor, a laptop asleep) or a long task on this thread
 * counts as one tick: neither is the other thread's doing, and what it has finished meanwhile is heard of before the
 * next tick.
 */
export class Deadline {
  readonly #options: DeadlineOptions;
  /** Ticks since the start, and since the present part began. */
  #total = 0;
  #part = 0;
  #timer: ReturnType<typeof setTimeout>;

  constructor(options: DeadlineOptions) {
    this.#options = options;
    this.#timer = this.#tickLater();
  }

  /** The present part is done, and the next one begins. */
  nextPart(): void {
    this.#part = 0;
  }

  /** Ends the counting; milliseconds that were counted in all, 0 where less than a tick went by. */
  stop(): number {
    clearTimeout(this.#timer);
    return this.#total * TICK;
  }

  #tickLater(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#tick(), TICK);
  }

  #tick(): void {
    this.#total++;
    this.#part++;
    const { part, whole, onExpiry } = this.#options;
    if (this.#part * TICK >= part || this.#total * TICK >= whole) onExpiry();
    else this.#timer = this.#tickLater();
  }
}
