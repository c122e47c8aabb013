import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import type { Draft, Readers } from "./io.ts";

/** Ciphertext and certificates are for everybody. */
const NEW_FILE_MODE: Readonly<Record<Readers, number>> = { everybody: 0o644, owner: 0o600 };

const COMPARED_AT_ONCE = 64 * 1024;

/** Begins new content for a file, beside it and under another name; see `Files.draft`. Throws what the operating system does. */
export async function beginDraft(path: string, readers: Readers): Promise<Draft> {
  // A link stays a link: the file that it leads to is the one to replace.
  const target = await realpath(path).catch(() => path);
  const existing = await stat(target).catch(() => null);
  // A device or a pipe can be written to, but not replaced; for a folder this throws, as it should.
  if (existing !== null && !existing.isFile()) return new DeviceDraft(target);
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  register(draft);
  try {
    const file = await open(draft, "wx", NEW_FILE_MODE[readers]);
    return new FileDraft({ target, draft, file, mode: readers === "owner" ? undefined : existing?.mode });
  } catch (error) {
    forget(draft);
    throw error;
  }
}

interface FileDraftParts {
  readonly target: string;
  readonly draft: string;
  readonly file: FileHandle;
  readonly mode: number | undefined;
}

class FileDraft implements Draft {
  readonly #parts: FileDraftParts;
  #isOpen = true;

  constructor(parts: FileDraftParts) {
    this.#parts = parts;
  }

  async write(content: string | Uint8Array): Promise<void> {
    await this.#parts.file.appendFile(content);
  }

  async finish(): Promise<void> {
    const { file, mode } = this.#parts;
    try {
      if (mode !== undefined) await file.chmod(mode & 0o7777);
      await file.sync();
    } finally {
      await this.#close();
    }
  }

  async commit(): Promise<boolean> {
    const { draft, target } = this.#parts;
    if (await isSame(draft, target)) {
      await this.discard();
      return false;
    }
    await rename(draft, target);
    forget(draft);
    return true;
  }

  async discard(): Promise<void> {
    const { draft } = this.#parts;
    if (!drafts.has(draft)) return;
    await this.#close();
    await rm(draft, { force: true });
    forget(draft);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#parts.file.close();
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
    await writeFile(this.#path, Buffer.concat(this.#pieces));
    return true;
  }

  async discard(): Promise<void> {}
}

/** Whether both have the same content and mode: then there is nothing to replace. */
async function isSame(draft: string, target: string): Promise<boolean> {
  const [ours, theirs] = await Promise.all([stat(draft), stat(target).catch(() => null)]);
  if (theirs === null || theirs.size !== ours.size || theirs.mode !== ours.mode) return false;
  const [a, b] = await Promise.all([open(draft), open(target)]);
  try {
    return await haveSameBytes(a, b);
  } finally {
    await Promise.all([a.close(), b.close()]);
  }
}

/** Of files of the same length. */
async function haveSameBytes(a: FileHandle, b: FileHandle): Promise<boolean> {
  const [left, right] = [Buffer.alloc(COMPARED_AT_ONCE), Buffer.alloc(COMPARED_AT_ONCE)];
  for (;;) {
    const [{ bytesRead }, other] = await Promise.all([a.read(left), b.read(right)]);
    if (bytesRead !== other.bytesRead) return false;
    if (bytesRead === 0) return true;
    if (!left.subarray(0, bytesRead).equals(right.subarray(0, bytesRead))) return false;
  }
}

/** Drafts of this process that are neither in place nor gone: a signal that ends it takes them along. */
const drafts = new Set<string>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function register(draft: string): void {
  if (drafts.size === 0) for (const signal of SIGNALS) process.on(signal, endWithout);
  drafts.add(draft);
}

function forget(draft: string): void {
  drafts.delete(draft);
  if (drafts.size === 0) for (const signal of SIGNALS) process.removeListener(signal, endWithout);
}

/** Takes the drafts away, and ends as the signal would have ended it. */
function endWithout(signal: NodeJS.Signals): void {
  for (const draft of [...drafts]) {
    rmSync(draft, { force: true });
    forget(draft);
  }
  process.kill(process.pid, signal);
}
