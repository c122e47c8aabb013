import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Called with each file that was loaded; whoever builds the package makes its cached data of them. */
export type OnScript = (path: string, script: Script) => void;

/** What stands between the program's own code and what it took from others, so that this is loaded only where it is needed. */
const THIRD_PARTY = "./third-party/";

/**
 * Loads a CommonJS file of the published package with the cached data of V8 that lies beside it: nothing is parsed and compiled again.
 * V8 itself refuses data of another version or with other flags; then, and where there is none, the file is compiled as any other.
 */
export function load(path: string, onScript?: OnScript): unknown {
  const cachedData = readIfThere(cachedDataOf(path));
  // The bundler writes ASCII alone, which is read fastest as Latin-1.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(path, "latin1")}\n})`;
  const script = new Script(source, { filename: path, ...(cachedData === undefined ? {} : { cachedData }) });
  const run = script.runInThisContext() as (...parameters: unknown[]) => void;
  const folder = dirname(path);
  const requireBuiltIn = createRequire(path);
  const loaded = new Map<string, unknown>();
  const requireHere = (id: string): unknown => {
    if (!id.startsWith(THIRD_PARTY)) return requireBuiltIn(id);
    if (!loaded.has(id)) loaded.set(id, load(join(folder, id), onScript));
    return loaded.get(id);
  };
  const module = { exports: {} };
  run(module.exports, requireHere, module, path, folder);
  onScript?.(path, script);
  return module.exports;
}

/** Where the cached data of a file lies. */
export function cachedDataOf(path: string): string {
  return `${path}.v8-cache`;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
