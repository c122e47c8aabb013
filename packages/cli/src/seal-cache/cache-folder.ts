import { stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { Io } from "../io.ts";

const NAME = "sealwright";

/**
 * Where this machine keeps what can be made again: `$XDG_CACHE_HOME`, else `~/.cache`, `~/Library/Caches` or `%LOCALAPPDATA%`.
 *
 * @returns null where there is no such place, or it is inside a Git repository: nothing of it may ever be committed
 */
export async function cacheFolder(env: Io["env"], platform: NodeJS.Platform): Promise<string | null> {
  const folder = folderOf(env, platform);
  return folder === null || (await isInRepository(folder)) ? null : folder;
}

function folderOf(env: Io["env"], platform: NodeJS.Platform): string | null {
  const { XDG_CACHE_HOME: xdg = "", HOME: home = "", LOCALAPPDATA: local = "" } = env;
  if (isAbsolute(xdg)) return join(xdg, NAME);
  if (platform === "win32") return isAbsolute(local) ? join(local, NAME, "Cache") : null;
  if (!isAbsolute(home)) return null;
  return platform === "darwin" ? join(home, "Library", "Caches", NAME) : join(home, ".cache", NAME);
}

async function isInRepository(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await stat(join(at, ".git")).catch(() => null)) !== null) return true;
    if (dirname(at) === at) return false;
  }
}
