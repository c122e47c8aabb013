import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";

const LENGTH = 32;
const FILE = "key";

/**
 * The key of the cache's digests: random, and for its owner alone. One that others may read, or that is not of its length, counts for
 * nothing: whatever was made with it is not believed.
 *
 * @returns null where there is none
 */
export function readCacheKey(folder: string): Uint8Array | null {
  return readKey(join(folder, FILE));
}

export function newCacheKey(): Uint8Array {
  return randomBytes(LENGTH);
}

/**
 * Keeps a new key, in place of one that counts for nothing. Of several processes that do so at once, one wins.
 *
 * @returns whether it is the one that is kept now
 */
export function keepCacheKey(folder: string, key: Uint8Array): boolean {
  const path = join(folder, FILE);
  if (readKey(path) === null) writeKey(folder, path, key);
  const kept = readKey(path);
  return kept !== null && Buffer.from(kept).equals(key);
}

function readKey(path: string): Uint8Array | null {
  const file = openIfThere(path);
  if (file === null) return null;
  try {
    const { mode, uid, size } = fstatSync(file);
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOurs && size === LENGTH ? readFileSync(file) : null;
  } finally {
    closeSync(file);
  }
}

/** No link is followed: whoever could plant one would choose the key. Nor does a pipe make anyone wait. */
function openIfThere(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return null;
  }
}

function writeKey(folder: string, path: string, key: Uint8Array): void {
  const draft = join(folder, `.${FILE}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    writeFileSync(draft, key, { flag: "wx", mode: 0o600 });
    if (!isLinked(draft, path) && readKey(path) === null) renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Where a key stands already, linking fails, and only one that counts for nothing is replaced. */
function isLinked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch {
    return false;
  }
}
