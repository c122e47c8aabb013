/** Where progress is written: `process.stdout`, or what a test puts in its place. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TICK_MS = 1_000;

/** Says which part is at work, how many of how many, and for how long. A terminal gets a line that counts, a log file two lines. */
export class Progress {
  readonly #terminal: Terminal;
  #done = 0;
  #total = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** How many parts there will be. */
  expect(total: number): void {
    this.#total = total;
    if (total > 0) this.#terminal.write("From nothing, all of it takes about ten minutes on two cores.\n");
  }

  /** Runs `work` and shows it as the part `name`. */
  async during(name: string, work: () => Promise<void>): Promise<void> {
    const { isTTY } = this.#terminal;
    const label = `[${this.#done + 1}/${this.#total}] ${name}`;
    const started = performance.now();
    const show = () => this.#terminal.write(`${isTTY ? "\r" : ""}${label} ${elapsed(performance.now() - started)}`);
    const ticker = isTTY ? setInterval(show, TICK_MS) : undefined;
    this.#terminal.write(isTTY ? label : `${label} ...\n`);
    try {
      await work();
      show();
      this.#done++;
    } finally {
      clearInterval(ticker);
      this.#terminal.write("\n");
    }
  }
}

/** `5 m 40 s` */
export function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}
