/** Milliseconds. */
export const TICK = 10;

export interface DeadlineOptions {
  /** Milliseconds for each part of the work. */
  readonly part: number;
  /** Milliseconds for all of it. */
  readonly whole: number;
  readonly onExpiry: () => void;
  /** Milliseconds of a processor that the other thread has had since it started; null where nobody can tell. */
  readonly processorTime: (() => Promise<number>) | null;
}

/** Ticks from one look at the processor time to the next. */
const LOOK = 5;
/** However little of a processor the thread gets, it ends after so many times the whole. */
const PATIENCE = 2;

/**
 * A limit on the time that something on another thread takes, counted in ticks that this thread saw go by. A pause of
 * the whole process (a container out of its share of the processor, a laptop asleep) or a long task on this thread
 * counts as one tick: neither is the other thread's doing, and what it has finished meanwhile is heard of before the
 * next tick. Nor does time count in which the thread waited for a processor, where the host can tell: on a busy machine
 * a good template would fail, and stay failed.
 */
export class Deadline {
  readonly #options: DeadlineOptions;
  /** Ticks since the start, and those of them that count, in all and for the present part. */
  #passed = 0;
  #total = 0;
  #part = 0;
  /** The last look at the processor time: what it was, and after how many ticks. */
  #seen: { readonly passed: number; readonly time: number } | null = null;
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
    if (this.#passed % LOOK === 0) void this.#leaveOutWaiting();
    this.#passed++;
    this.#total++;
    this.#part++;
    const { part, whole, onExpiry } = this.#options;
    const isOver = this.#part * TICK >= part || this.#total * TICK >= whole || this.#passed * TICK >= PATIENCE * whole;
    if (isOver) onExpiry();
    else this.#timer = this.#tickLater();
  }

  /** The ticks since the last look count only as far as the thread had a processor. */
  async #leaveOutWaiting(): Promise<void> {
    const passed = this.#passed;
    const time = await this.#options.processorTime?.().catch(() => null);
    if (typeof time !== "number") return;
    const last = this.#seen;
    this.#seen = { passed, time };
    if (last === null) return;
    const waited = Math.max(0, passed - last.passed - (time - last.time) / TICK);
    this.#total = Math.max(0, this.#total - waited);
    this.#part = Math.max(0, this.#part - waited);
  }
}
