/** Does pieces of work one after the other, after the request that asked for them; the same piece waits only once. */
export class WorkQueue {
  readonly #waiting = new Map<string, () => void>();
  #scheduled: NodeJS.Immediate | null = null;

  /** Adds a piece of work under a key. */
  add(key: string, work: () => void): void {
    this.#waiting.set(key, work);
    this.#scheduled ??= setImmediate(() => this.#run());
  }

  stop(): void {
    if (this.#scheduled !== null) clearImmediate(this.#scheduled);
    this.#waiting.clear();
  }

  #run(): void {
    this.#scheduled = null;
    const work = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const piece of work) piece();
  }
}
