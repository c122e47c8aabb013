import type { Terminal } from "./terminal/dialogue.ts";

/**
 * What a command sees of the world outside, and the terminal's contract:
 *
 * - stdout carries data and nothing else, and only once all of it is known to be good: a command that fails leaves it empty.
 * - stderr is silent on success. A failure is one `error: ...` line that says what is wrong and where, then `hint: ...` lines that
 *   say what to do. Waiting for a terminal's input is announced there too, and a `warning: ...` line tells of what was done although
 *   it may harm. Questions are asked on the terminal itself.
 * - No message holds a value from an input: item names and fields, never what is in them. There is no colour and no stack trace.
 * - A file is replaced as a whole or left alone.
 * - The exit code says which kind of failure it was: `exit-codes.ts`.
 * - Whoever reads stdout may stop reading: that is no failure.
 *
 * All of it is an argument of `main`, so that a test needs no mock.
 */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly files: Files;
  readonly terminal: Terminal;
}

export interface Input {
  readonly isTerminal: boolean;
  /** All of it, to its end. */
  read(): Promise<Uint8Array>;
}

export interface Output {
  /** Resolves when the text is handed over; throws CommandError `output_closed` or `output_failed`. */
  write(text: string): Promise<void>;
}

export interface Clock {
  now(): Date;
  /** Aborts that many milliseconds from now. */
  timeout(milliseconds: number): AbortSignal;
  /** Resolves that many milliseconds from now. */
  sleep(milliseconds: number): Promise<void>;
}

/** Who may read a file: plaintext is for its owner alone. */
export type Readers = "everybody" | "owner";

/** Files by path; a relative one starts at the working directory. */
export interface Files {
  /** @throws CommandError `file_unreadable` */
  read(path: string): Promise<Uint8Array>;
  /**
   * Replaces a file's content at once: whoever reads it sees the old text or the new one. Its mode is kept, and a new file can be read
   * by everybody; with `readers` at `owner`, nobody else can read it, whatever its mode was. @throws CommandError `file_unwritable`
   */
  replace(path: string, content: string | Uint8Array, readers?: Readers): Promise<void>;
  /** The path as an absolute one. */
  resolve(path: string): string;
}
