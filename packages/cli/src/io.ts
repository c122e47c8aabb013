import type { Interruption } from "./interruption.ts";
import type { Terminal } from "./terminal/dialogue.ts";

/**
 * What a command sees of the world outside, and the terminal's contract:
 *
 * - stdout carries data and nothing else, and only once all of it is known to be good: a command that fails leaves it empty. What a
 *   check finds is its data: it stands there, and the exit code and one line on stderr say that there was something to find.
 * - stderr is silent on success. A failure is one `error: ...` line that says what is wrong and where, then `hint: ...` lines that
 *   say what to do, and a `warning: ...` line tells of what was done although it may harm. A terminal is also told that its input is
 *   waited for, how far long work has come, and what was done. Questions are asked on the terminal itself.
 * - No message holds a value from an input: item names and fields, never what is in them. There is no stack trace.
 * - There is colour on a terminal alone, and never with `NO_COLOR`. Only what the program itself says has any.
 * - A file is replaced as a whole or left alone, and of those that one run writes all are, or none: a failure comes before the first.
 *   Ctrl-C leaves no half of one behind.
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
  /** Has Ctrl-C wait until what is under way is done. */
  holdInterrupt(): Interruption;
  /** Has something undone, at once, should a signal end the process before it is done; what comes back takes that back. */
  undoAtSignal(undo: () => void): () => void;
}

export interface Input {
  readonly isTerminal: boolean;
  /** All of it, to its end. */
  read(): Promise<Uint8Array>;
  /** The same piece by piece, as it comes in. Whoever stops before the end closes it. */
  chunks(): AsyncIterable<Uint8Array>;
}

export interface Output {
  /** Where absent, it is none. */
  readonly isTerminal?: boolean;
  /** Of a terminal: how many characters a line has. */
  readonly columns?: number | undefined;
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

/** What stands at a path; `other` is a device, a pipe or a socket. */
export type EntryKind = "file" | "folder" | "link" | "other";

export interface FolderEntry {
  readonly name: string;
  readonly kind: EntryKind;
}

/** New content for a file, which is put in its place as a whole or not at all. */
export interface Draft {
  /** @throws CommandError `file_unwritable` */
  write(content: string | Uint8Array): Promise<void>;
  /** Nothing more is to be written. @throws CommandError `file_unwritable` */
  finish(): Promise<void>;
  /**
   * After `finish`: puts it in place. A file that holds the very same already is left alone.
   *
   * @returns whether the file is another one now
   * @throws CommandError `file_unwritable`
   */
  commit(): Promise<boolean>;
  /** Leaves the file as it was, at any time before `commit`. */
  discard(): Promise<void>;
}

/** Files by path; a relative one starts at the working directory. */
export interface Files {
  /** @throws CommandError `file_unreadable` */
  read(path: string): Promise<Uint8Array>;
  /**
   * Replaces a file's content at once: whoever reads it sees the old text or the new one. Its mode is kept, and a new file can be read
   * by everybody; with `readers` at `owner`, nobody else can read it, whatever its mode was. @throws CommandError `file_unwritable`
   */
  replace(path: string, content: string | Uint8Array, readers?: Readers): Promise<void>;
  /** Begins what `replace` does at once, for content that comes piece by piece. @throws CommandError `file_unwritable` */
  draft(path: string, readers?: Readers): Promise<Draft>;
  /** The content, piece by piece. @throws CommandError `file_unreadable` */
  chunks(path: string): AsyncIterable<Uint8Array>;
  /** What the path leads to, through links; null where there is nothing to be seen. */
  kindOf(path: string): Promise<EntryKind | null>;
  /** What is in a folder, by name; links are not followed. @throws CommandError `file_unreadable` */
  list(path: string): Promise<readonly FolderEntry[]>;
  /** Makes a folder, and those above it, where they are missing. @throws CommandError `file_unwritable` */
  makeFolder(path: string): Promise<void>;
  /** Deletes a file. @throws CommandError `file_unwritable` */
  remove(path: string): Promise<void>;
  /** The path as an absolute one. */
  resolve(path: string): string;
  /** The same without links, as far as there is something. */
  real(path: string): Promise<string>;
}
