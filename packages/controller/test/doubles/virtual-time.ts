import { setImmediate as turn } from "node:timers/promises";
import { vi } from "vitest";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Time that passes when a test says so, for any number of processes that wait for nothing but time and memory. `Date` goes along with it:
 * the test has faked that, and gives it back.
 */
export class VirtualTime {
  #now = 1_000_000_000;
  readonly #sleepers = new Set<Sleeper>();

  /** Milliseconds. */
  readonly now = (): number => this.#now;

  readonly pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = {
        at: this.#now + milliseconds,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", sleeper.wake);
    });

  /** Lets so many milliseconds pass, and everybody do what is due in them, in its order. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await turn();
      const [next] = [...this.#sleepers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#now = Math.max(this.#now, next.at);
      vi.setSystemTime(this.#now);
      next.wake();
    }
    this.#now = end;
    await turn();
  }
}
