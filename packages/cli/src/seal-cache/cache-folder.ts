import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import type { Io } from "../io.ts";

const NAME = "sealwright";

/**
 * Where this machine keeps what can be made again: `$XDG_CACHE_HOME`, else `~/.cache`, `~/Library/Caches` or `%LOCALAPPDATA%`.
 *
 * @returns null where there is no such place, or it is inside a Git repository: nothing of it may ever be committed
 */
export function cacheFolder(env: Io["env"], platform: NodeJS.Platform): string | null {
  const folder = folderOf(env, platform);
  return folder === null || isInRepository(folder) ? null : folder;
}

function folderOf(env: Io["env"], platform: NodeJS.Platform): string | null {
  const { XDG_CACHE_HOME: xdg = "", HOME: home = "", LOCALAPPDATA: local = "" } = env;
  if (isAbsolute(xdg)) return join(xdg, NAME);
  if (platform === "win32") return isAbsolute(local) ? join(local, NAME, "Cache") : null;
  if (!isAbsolute(home)) return null;
  return platform === "darwin" ? join(home, "Library", "Caches", NAME) : join(home, ".cache", NAME);
}

function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
