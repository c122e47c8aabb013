import { mostUrgent, type Urgency, WaitingKeys } from "./waiting-keys.ts";

export interface WorkQueueOptions {
  /** How many keys are worked on at the same time; one key never twice. */
  readonly workers: number;
  /** Does the work for one key, after so many failures in a row. Throwing asks for another try, later. */
  readonly work: (key: string, failures: number) => Promise<void>;
  /** Milliseconds until the next try, after so many failures in a row and this one the last; null to wait for something new. */
  readonly backoff: (failures: number, error: unknown) => number | null;
  /** Told of each key that is begun, and the seconds that it waited for a worker. */
  readonly onBegin?: (begun: { readonly urgency: Urgency; readonly seconds: number }) => void;
}

/** After so many keys, whatever else this thread has to do gets its turn. */
const BURST = 64;

/**
 * Keys to work on, each at most once at a time and at most once in the queue. A key that is added while its work is under way is
 * worked on again after that; a key that fails comes back after a pause that grows until something new is heard of it.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  #waiting = new WaitingKeys();
  readonly #running = new Set<string>();
  readonly #again = new Map<string, Urgency>();
  readonly #failures = new Map<string, number>();
  readonly #retries = new Map<string, NodeJS.Timeout>();
  readonly #idle = Promise.withResolvers<void>();
  #begun = 0;
  #stopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** How many keys wait for a worker. */
  depth(urgency: Urgency): number {
    return this.#waiting.depth(urgency);
  }

  /** Seconds for which the key that came first has waited; 0 where none does. */
  oldest(urgency: Urgency): number {
    const since = this.#waiting.oldest(urgency);
    return since === null ? 0 : (performance.now() - since) / 1_000;
  }

  /** How many keys failed when they were last worked on. */
  get failed(): number {
    return this.#failures.size;
  }

  /** Asks for work on a key, now, for something changed: a retry that was planned for later is dropped, earlier failures too. */
  add(key: string, urgency: Urgency = "changed"): void {
    this.forget(key);
    this.#enqueue(key, urgency);
  }

  /** Asks for work on a key after so many milliseconds, unless something is planned for it already. */
  addLater(key: string, milliseconds: number): void {
    if (milliseconds <= 0) this.add(key);
    else if (!this.#retries.has(key)) this.#plan(key, milliseconds);
  }

  /** Asks for work on every key that failed when it was last worked on: what they failed for may have changed. */
  addFailed(): void {
    for (const key of [...this.#failures.keys()]) this.add(key, "backlog");
  }

  /** Forgets a key's failures: its next failure counts as the first. */
  forget(key: string): void {
    clearTimeout(this.#retries.get(key));
    this.#retries.delete(key);
    this.#failures.delete(key);
  }

  /** Takes no more work; resolves when what is under way has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
    this.#waiting = new WaitingKeys();
    if (this.#running.size === 0) this.#idle.resolve();
    return this.#idle.promise;
  }

  #enqueue(key: string, urgency: Urgency): void {
    if (this.#stopped) return;
    if (this.#running.has(key)) this.#again.set(key, mostUrgent(urgency, this.#again.get(key)));
    else this.#waiting.add(key, urgency, performance.now());
    this.#start();
  }

  #start(): void {
    while (this.#running.size < this.#options.workers && this.#begun < BURST) {
      const place = this.#waiting.take();
      if (place === null) return;
      this.#begun += 1;
      if (this.#begun === BURST) setImmediate(() => this.#nextBurst());
      const { key, urgency, since } = place;
      this.#options.onBegin?.({ urgency, seconds: (performance.now() - since) / 1_000 });
      this.#running.add(key);
      void this.#run(key);
    }
  }

  /** Work that ends without waiting for anything would keep timers and sockets waiting until the queue is empty. */
  #nextBurst(): void {
    this.#begun = 0;
    this.#start();
  }

  async #run(key: string): Promise<void> {
    try {
      await this.#options.work(key, this.#failures.get(key) ?? 0);
      this.#failures.delete(key);
    } catch (error) {
      if (!this.#again.has(key)) this.#retryLater(key, error);
    }
    this.#running.delete(key);
    const again = this.#again.get(key);
    this.#again.delete(key);
    if (again !== undefined) this.#enqueue(key, again);
    if (this.#stopped && this.#running.size === 0) this.#idle.resolve();
    this.#start();
  }

  #retryLater(key: string, error: unknown): void {
    if (this.#stopped) return;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const pause = this.#options.backoff(failures, error);
    if (pause !== null) this.#plan(key, pause);
  }

  #plan(key: string, milliseconds: number): void {
    if (this.#stopped) return;
    const retry = () => {
      this.#retries.delete(key);
      this.#enqueue(key, "retry");
    };
    this.#retries.set(key, setTimeout(retry, milliseconds));
  }
}

/** The first pause doubled with each failure up to the longest, less up to half of it at random. Milliseconds. */
export function exponentialBackoff(failures: number, { first, longest }: { first: number; longest: number }): number {
  return Math.min(longest, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
