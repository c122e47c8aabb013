import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
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
export async function readCacheKey(folder: string): Promise<Uint8Array | null> {
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
export async function keepCacheKey(folder: string, key: Uint8Array): Promise<boolean> {
  const path = join(folder, FILE);
  if ((await readKey(path)) === null) await writeKey(folder, path, key);
  const kept = await readKey(path);
  return kept !== null && Buffer.from(kept).equals(key);
}

async function readKey(path: string): Promise<Uint8Array | null> {
  // No link is followed: whoever could plant one would choose the key.
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => null);
  if (file === null) return null;
  try {
    const { mode, uid, size } = await file.stat();
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOurs && size === LENGTH ? await file.readFile() : null;
  } finally {
    await file.close();
  }
}

async function writeKey(folder: string, path: string, key: Uint8Array): Promise<void> {
  const draft = join(folder, `.${FILE}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(key).finally(() => file.close());
    // Where a key stands already, linking fails, and only one that counts for nothing is replaced.
    await link(draft, path).catch(async () => {
      if ((await readKey(path)) === null) await rename(draft, path);
    });
  } finally {
    await rm(draft, { force: true });
  }
}
