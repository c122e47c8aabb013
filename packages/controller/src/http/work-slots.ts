/** Lets so many work at a time, and so many more wait for their turn; whoever comes then is turned away. */
export class WorkSlots {
  readonly #waiting: (() => void)[] = [];
  readonly #places: number;
  #free: number;

  constructor({ working, waiting }: { readonly working: number; readonly waiting: number }) {
    this.#free = working;
    this.#places = waiting;
  }

  /** Does the work in its turn; null where there is no place to wait. */
  run<T>(work: () => Promise<T>): Promise<T> | null {
    if (this.#free === 0 && this.#waiting.length >= this.#places) return null;
    return this.#run(work);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
