import type { Io } from "../io.ts";

/** Milliseconds until work is long, and between two lines about it. */
const LONG = 1_000;
const PAUSE = 200;

const BAR_WIDTH = 30;
const COLUMNS = 80;

/**
 * Says on a terminal how far long work has come, on one line that is gone when it ends. Elsewhere it is silent. What does not fit a line,
 * however wide it is by now, is left out: a line that wraps could not be taken back.
 */
export class Progress {
  readonly #io: Io;
  readonly #noun: string;
  readonly #started: number;
  #next: number;
  #isShown = false;

  constructor(noun: string, io: Io) {
    this.#io = io;
    this.#noun = noun;
    this.#started = io.clock.now().getTime();
    this.#next = this.#started + LONG;
  }

  /** @param total where it is known: then there is a bar */
  async done(count: number, total?: number): Promise<void> {
    if (this.#io.stderr.isTerminal !== true) return;
    const now = this.#io.clock.now().getTime();
    if (now < this.#next) return;
    this.#next = now + PAUSE;
    this.#isShown = true;
    const line = `${this.#noun}: ${count}${total === undefined ? "" : bar(count, total)}`;
    // A terminal that says nothing of its width has as many columns as any.
    await this.#io.stderr.write(`\r\u001b[K${line.slice(0, (this.#io.stderr.columns || COLUMNS) - 1)}`);
  }

  async end(): Promise<void> {
    if (!this.#isShown) return;
    this.#isShown = false;
    await this.#io.stderr.write("\r\u001b[K");
  }
}

function bar(count: number, total: number): string {
  const filled = Math.floor((BAR_WIDTH * count) / Math.max(total, 1));
  return ` of ${total} [${"#".repeat(filled)}${".".repeat(BAR_WIDTH - filled)}]`;
}
