import { readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type PeerModule, sourceHash } from "./peer-modules.ts";

/**
 * The folder of built programs, with a folder in it for each module: `NAME-HASH-GOVERSION`. `SEALWRIGHT_CACHE` says where it is, else
 * it is in the system's usual place.
 */
export function peerCache(env: NodeJS.ProcessEnv = process.env): string {
  const own = env["SEALWRIGHT_CACHE"];
  return join(own ? resolve(own) : join(systemCache(env), "sealwright"), "peers");
}

/** The folder that a module as it is now has in the cache, or will have, when this version of Go builds it. */
export function builtFolder(module: PeerModule, goVersion: string, env?: NodeJS.ProcessEnv): string {
  return join(peerCache(env), `${prefix(module)}${goVersion}`);
}

/** The folder where a module as it is now was built last, by whatever Go; null where it was not. */
export function findBuiltFolder(module: PeerModule, env?: NodeJS.ProcessEnv): string | null {
  const cache = peerCache(env);
  const folders = entries(cache)
    .filter((name) => name.startsWith(prefix(module)))
    .map((name) => join(cache, name));
  return folders.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0] ?? null;
}

function prefix(module: PeerModule): string {
  return `${module.name}-${sourceHash(module)}-`;
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function systemCache(env: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") return env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local");
  if (env["XDG_CACHE_HOME"]) return env["XDG_CACHE_HOME"];
  return process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}
