import type { Io } from "../io.ts";

/** Milliseconds until work is long, and between two lines about it. */
const LONG = 1_000;
const PAUSE = 200;

const BAR_WIDTH = 30;
const COLUMNS = 80;

const CLEAR = "\r\u001b[K";

/**
 * Says on a terminal how far long work has come, on one line that is gone when it ends, or is ended by a signal. Elsewhere it is silent.
 * What does not fit a line, however wide it is by now, is left out: a line that wraps could not be taken back.
 */
export class Progress {
  readonly #io: Io;
  readonly #done: string;
  readonly #total: number | undefined;
  #files = 0;
  #documents = 0;
  #next: number;
  /** Null where there is no line. */
  #keepAtSignal: (() => void) | null = null;

  /**
   * @param done such as `sealed`
   * @param total how many files there are, where it is known: then there is a bar
   */
  constructor(done: string, io: Io, total?: number) {
    this.#io = io;
    this.#done = done;
    this.#total = total;
    this.#next = io.clock.now().getTime() + LONG;
  }

  /** One more is done. */
  async file(): Promise<void> {
    this.#files += 1;
    await this.#show();
  }

  /** So many more are done, of files that may have any number of them. */
  async documents(count: number): Promise<void> {
    this.#documents += count;
    await this.#show();
  }

  /** Says a sentence on a line that stays. */
  async say(sentence: string): Promise<void> {
    if (this.#io.stderr.isTerminal === true) await this.#io.stderr.write(`${CLEAR}${sentence}\n`);
  }

  async end(): Promise<void> {
    if (this.#keepAtSignal === null) return;
    this.#keepAtSignal();
    this.#keepAtSignal = null;
    await this.#io.stderr.write(CLEAR);
  }

  async #show(): Promise<void> {
    const { stderr, clock } = this.#io;
    if (stderr.isTerminal !== true) return;
    const now = clock.now().getTime();
    if (now < this.#next) return;
    this.#next = now + PAUSE;
    // A terminal takes it before the call returns.
    this.#keepAtSignal ??= this.#io.undoAtSignal(() => void stderr.write(CLEAR));
    // A terminal that says nothing of its width has as many columns as any.
    await stderr.write(`${CLEAR}${this.#line().slice(0, (stderr.columns || COLUMNS) - 1)}`);
  }

  #line(): string {
    const files = `${this.#done} files: ${this.#files}${this.#total === undefined ? "" : bar(this.#files, this.#total)}`;
    return `${files}, documents: ${this.#documents}`;
  }
}

function bar(count: number, total: number): string {
  const filled = Math.floor((BAR_WIDTH * count) / Math.max(total, 1));
  return ` of ${total} [${"#".repeat(filled)}${".".repeat(BAR_WIDTH - filled)}]`;
}
