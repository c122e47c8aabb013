import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Io } from "../io.ts";
import { cacheFolder } from "./cache-folder.ts";
import { keepCacheKey, newCacheKey, readCacheKey } from "./cache-key.ts";
import { digestOf, type SealedItem } from "./digest.ts";
import { KnownDigests } from "./known-digests.ts";

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
/** Bytes: about 100,000 entries. With more, the oldest go. */
const MAX_LENGTH = 4_800_000;
/** Entries that are left then. */
const KEPT = 50_000;
/** Entries that one run adds at most: the file holds no more. What is sealed beyond them is sealed anew the next time. */
const MOST_ADDED = 100_000;

/**
 * Opens the cache of this user on this machine, or none where there is no place for it. Never fails. As everything here, it calls the
 * operating system synchronously: to start Node's threads would take longer than what they would be asked.
 */
export function openSealCache(io: Io, platform: NodeJS.Platform = process.platform): SealCache {
  try {
    const folder = cacheFolder(io.env, platform);
    if (folder === null) return NO_CACHE;
    const known = readCacheKey(folder);
    const today = Math.floor(io.clock.now().getTime() / DAY);
    return new FileCache({ folder, key: known ?? newCacheKey(), isKeyNew: known === null, today });
  } catch {
    return NO_CACHE;
  }
}

interface FileCacheParts {
  readonly folder: string;
  readonly key: Uint8Array;
  /** Whether it is still to be kept. */
  readonly isKeyNew: boolean;
  readonly today: number;
}

class FileCache implements SealCache {
  readonly #parts: FileCacheParts;
  readonly #key: KeyObject;
  /** What the file held: read when it is first asked for, which is never where nothing was sealed before. */
  #known: KnownDigests | null = null;
  #added = new Set<string>();

  constructor(parts: FileCacheParts) {
    this.#parts = parts;
    this.#key = createSecretKey(parts.key);
  }

  has(item: SealedItem): boolean {
    const digest = digestOf(this.#key, item);
    if (this.#added.has(digest)) return true;
    const day = this.#read().dayOf(digest);
    if (day === undefined) return false;
    if (this.#parts.today - day > STALE) this.#note(digest);
    return true;
  }

  add(item: SealedItem): void {
    this.#note(digestOf(this.#key, item));
  }

  async save(): Promise<void> {
    if (this.#added.size === 0) return;
    const { folder, key, isKeyNew } = this.#parts;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      // With another key, what was added here is worth nothing.
      if (isKeyNew && !keepCacheKey(folder, key)) return;
      if (lengthOf(this.#path) > MAX_LENGTH) this.#rewrite();
      else appendFileSync(this.#path, this.#textOfAdded(), { mode: 0o600 });
      this.#added.clear();
    } catch {
      // A full or read-only disk: the next run seals these anew.
    }
  }

  #note(digest: string): void {
    if (this.#added.size < MOST_ADDED) this.#added.add(digest);
  }

  get #path(): string {
    return join(this.#parts.folder, FILE);
  }

  /** Of a key that is new, there is none. */
  #read(): KnownDigests {
    this.#known ??= new KnownDigests(this.#parts.isKeyNew ? "" : textIn(this.#path));
    return this.#known;
  }

  /** For one write to the end: what others append at the same time stays whole. */
  #textOfAdded(): string {
    const { today } = this.#parts;
    return Array.from(this.#added, (digest) => lineOf(digest, today)).join("");
  }

  #rewrite(): void {
    const { today } = this.#parts;
    const entries = [...this.#read().all()].filter(
      ([digest, day]) => today - day <= OLDEST && !this.#added.has(digest),
    );
    const draft = `${this.#path}.${randomBytes(6).toString("hex")}.tmp`;
    try {
      const kept = entries.slice(-Math.max(KEPT - this.#added.size, 1)).map(([digest, day]) => lineOf(digest, day));
      writeFileSync(draft, kept.join("") + this.#textOfAdded(), { flag: "wx", mode: 0o600 });
      renameSync(draft, this.#path);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

function lineOf(digest: string, day: number): string {
  return `${day} ${digest}\n`;
}

/** Bytes. */
function lengthOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function textIn(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
