import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  promises,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Draft, Readers } from "./io.ts";
import { undoAtSignal } from "./undo-at-signal.ts";

/** Ciphertext and certificates are for everybody. */
const NEW_FILE_MODE: Readonly<Record<Readers, number>> = { everybody: 0o644, owner: 0o600 };

const COMPARED_AT_ONCE = 64 * 1024;
/** Characters. */
const WRITTEN_AT_ONCE = 64 * 1024;

/**
 * Begins new content for a file, beside it and under another name; see `Files.draft`. Throws what the operating system does. Its calls
 * are synchronous: a program with nothing else to do is done sooner without Node's threads, which take longer to start than a file to write.
 */
export async function beginDraft(path: string, readers: Readers): Promise<Draft> {
  // A link stays a link: the file that it leads to is the one to replace.
  const target = attempt(() => realpathSync(path)) ?? path;
  const existing = statOf(target);
  // A device or a pipe can be written to, but not replaced; for a folder this throws, as it should.
  if (existing !== null && !existing.isFile()) return new DeviceDraft(target);
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  const keep = undoAtSignal(() => rmSync(draft, { force: true }));
  try {
    const file = openSync(draft, "wx", NEW_FILE_MODE[readers]);
    return new FileDraft({ target, draft, file, mode: readers === "owner" ? undefined : existing?.mode, keep });
  } catch (error) {
    keep();
    throw error;
  }
}

interface FileDraftParts {
  readonly target: string;
  readonly draft: string;
  /** Its descriptor. */
  readonly file: number;
  readonly mode: number | undefined;
  /** No signal takes it away any more. */
  readonly keep: () => void;
}

class FileDraft implements Draft {
  readonly #parts: FileDraftParts;
  #isOpen = true;
  /** It is in place, or gone. */
  #isSettled = false;
  /** Text that comes in small pieces is written in larger ones. */
  #held = "";

  constructor(parts: FileDraftParts) {
    this.#parts = parts;
  }

  async write(content: string | Uint8Array): Promise<void> {
    if (typeof content === "string") this.#held += content;
    else this.#hand(content);
    if (this.#held.length > WRITTEN_AT_ONCE) this.#hand("");
  }

  /** Writes what is held back, and what comes after it. */
  #hand(content: string | Uint8Array): void {
    const held = this.#held;
    this.#held = "";
    if (held !== "") appendFileSync(this.#parts.file, held);
    if (content.length > 0) appendFileSync(this.#parts.file, content);
  }

  async finish(): Promise<void> {
    const { file, mode } = this.#parts;
    try {
      this.#hand("");
      if (mode !== undefined) fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    } finally {
      this.#close();
    }
  }

  async commit(): Promise<boolean> {
    const { draft, target } = this.#parts;
    if (isSame(draft, target)) {
      await this.discard();
      return false;
    }
    renameSync(draft, target);
    this.#settle();
    return true;
  }

  async discard(): Promise<void> {
    if (this.#isSettled) return;
    this.#close();
    rmSync(this.#parts.draft, { force: true });
    this.#settle();
  }

  #settle(): void {
    this.#isSettled = true;
    this.#parts.keep();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#parts.file);
  }
}

/** What cannot be replaced gets all of it at the end. */
class DeviceDraft implements Draft {
  readonly #path: string;
  readonly #pieces: Uint8Array[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  async write(content: string | Uint8Array): Promise<void> {
    this.#pieces.push(Buffer.from(content));
  }

  async finish(): Promise<void> {}

  async commit(): Promise<boolean> {
    await promises.writeFile(this.#path, Buffer.concat(this.#pieces));
    return true;
  }

  async discard(): Promise<void> {}
}

/** Whether both have the same content and mode: then there is nothing to replace. */
function isSame(draft: string, target: string): boolean {
  const [ours, theirs] = [statSync(draft), statOf(target)];
  if (theirs === null || theirs.size !== ours.size || theirs.mode !== ours.mode) return false;
  const a = openSync(draft, "r");
  try {
    const b = openSync(target, "r");
    try {
      return haveSameBytes(a, b);
    } finally {
      closeSync(b);
    }
  } finally {
    closeSync(a);
  }
}

/** Of files of the same length. */
function haveSameBytes(a: number, b: number): boolean {
  const [left, right] = [Buffer.alloc(COMPARED_AT_ONCE), Buffer.alloc(COMPARED_AT_ONCE)];
  for (;;) {
    const length = readSync(a, left);
    if (length !== readSync(b, right)) return false;
    if (length === 0) return true;
    if (!left.subarray(0, length).equals(right.subarray(0, length))) return false;
  }
}

function statOf(path: string): Stats | null {
  return attempt(() => statSync(path));
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
