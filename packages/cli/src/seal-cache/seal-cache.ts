import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Io } from "../io.ts";
import { cacheFolder } from "./cache-folder.ts";
import { keepCacheKey, newCacheKey, readCacheKey } from "./cache-key.ts";
import { digestOf, type SealedItem } from "./digest.ts";

/**
 * Remembers which values sealed values hold, so that sealing again leaves those alone that did not change. It holds neither: only keyed
 * digests of both together, in a file of lines `DAY DIGEST`. Whoever has its folder, key included, and a ciphertext can test a guess of
 * the value, as fast as an HMAC is computed; so both files are for their owner alone, and the plaintext is better protected by other means.
 *
 * It is of use and never needed: where it cannot be read or written, everything is sealed anew.
 */
export interface SealCache {
  has(item: SealedItem): boolean;
  add(item: SealedItem): void;
  /** Writes down what was added. Never fails. */
  save(): Promise<void>;
}

/** Remembers nothing. */
export const NO_CACHE: SealCache = { has: () => false, add: () => undefined, save: async () => undefined };

const FILE = "sealed-values";
const DAY = 24 * 60 * 60 * 1000;
/** Days without use after which an entry goes. */
const OLDEST = 400;
/** Days after which the use of an entry is written down again. */
const STALE = 30;
/** About 5 MB. With more, the oldest go. */
const MAX_ENTRIES = 100_000;
const LINE = /^(\d{1,6}) ([\w-]{43})$/;

/** Opens the cache of this user on this machine, or none where there is no place for it. Never fails. */
export async function openSealCache(io: Io, platform: NodeJS.Platform = process.platform): Promise<SealCache> {
  try {
    const folder = await cacheFolder(io.env, platform);
    if (folder === null) return NO_CACHE;
    const known = await readCacheKey(folder);
    return new FileCache({
      folder,
      key: known ?? newCacheKey(),
      isKeyNew: known === null,
      entries: known === null ? new Map() : await readEntries(join(folder, FILE)),
      today: Math.floor(io.clock.now().getTime() / DAY),
    });
  } catch {
    return NO_CACHE;
  }
}

/** The day that it was last used, by digest. */
type Entries = Map<string, number>;

interface FileCacheParts {
  readonly folder: string;
  readonly key: Uint8Array;
  /** Whether it is still to be kept. */
  readonly isKeyNew: boolean;
  readonly entries: Entries;
  readonly today: number;
}

class FileCache implements SealCache {
  readonly #parts: FileCacheParts;
  #added: string[] = [];

  constructor(parts: FileCacheParts) {
    this.#parts = parts;
  }

  has(item: SealedItem): boolean {
    const { key, entries, today } = this.#parts;
    const digest = digestOf(key, item);
    const day = entries.get(digest);
    if (day === undefined) return false;
    if (today - day > STALE) this.#note(digest);
    return true;
  }

  add(item: SealedItem): void {
    this.#note(digestOf(this.#parts.key, item));
  }

  async save(): Promise<void> {
    if (this.#added.length === 0) return;
    const { folder, key, isKeyNew } = this.#parts;
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      // With another key, what was added here is worth nothing.
      if (isKeyNew && !(await keepCacheKey(folder, key))) return;
      await (this.#parts.entries.size > MAX_ENTRIES ? this.#rewrite() : this.#append());
      this.#added = [];
    } catch {
      // A full or read-only disk: the next run seals these anew.
    }
  }

  #note(digest: string): void {
    const { entries, today } = this.#parts;
    // Behind all others: the first are the first to go.
    entries.delete(digest);
    entries.set(digest, today);
    this.#added.push(digest);
  }

  /** One write to the end: what others append at the same time stays whole. */
  async #append(): Promise<void> {
    const file = await open(join(this.#parts.folder, FILE), "a", 0o600);
    try {
      await file.appendFile(textOf(this.#added.map((digest) => [digest, this.#parts.today])));
    } finally {
      await file.close();
    }
  }

  async #rewrite(): Promise<void> {
    const { folder, entries, today } = this.#parts;
    const path = join(folder, FILE);
    const kept = [...entries].filter(([, day]) => today - day <= OLDEST).slice(-MAX_ENTRIES / 2);
    const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      const file = await open(draft, "wx", 0o600);
      await file.writeFile(textOf(kept)).finally(() => file.close());
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }
}

function textOf(entries: readonly (readonly [string, number])[]): string {
  return entries.map(([digest, day]) => `${day} ${digest}\n`).join("");
}

/** What is no entry is passed over: a line that was cut short, or anything that somebody else wrote. */
async function readEntries(path: string): Promise<Entries> {
  const text = await readFile(path, "utf8").catch(() => "");
  const entries: Entries = new Map();
  for (const line of text.split("\n")) {
    const [, day, digest] = LINE.exec(line) ?? [];
    if (day === undefined || digest === undefined) continue;
    entries.delete(digest);
    entries.set(digest, Number(day));
  }
  return entries;
}
