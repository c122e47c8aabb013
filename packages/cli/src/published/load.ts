import { readFileSync } from "node:fs";
import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Called with each file that was loaded; whoever builds the package makes its cached data of them. */
export type OnScript = (path: string, script: Script) => void;

/** What the program took from others, which is loaded only where it is needed. */
const THIRD_PARTY = "./third-party/";

/**
 * Loads a CommonJS file of the published package. Where its folder has the cached data of this version of V8, nothing is parsed and
 * compiled again; V8 itself refuses data that does not fit. For other versions Node keeps its own cache in that folder, if whoever runs
 * the program may write there: nobody else can put anything into it who could not change the program itself.
 */
export function load(path: string, onScript?: OnScript): unknown {
  const requireBeside = createRequire(path);
  const cachedData = onScript === undefined ? readIfThere(cachedDataOf(path)) : null;
  if (cachedData === undefined) {
    enableCompileCache(join(dirname(path), "compile-cache"));
    return requireBeside(path);
  }
  // The bundler writes ASCII alone, which is read fastest as Latin-1.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(path, "latin1")}\n})`;
  const script = new Script(source, { filename: path, ...(cachedData === null ? {} : { cachedData }) });
  const run = script.runInThisContext() as (...parameters: unknown[]) => void;
  const requireHere = (id: string): unknown =>
    id.startsWith(THIRD_PARTY) ? load(join(dirname(path), id), onScript) : requireBeside(id);
  const module = { exports: {} };
  run(module.exports, requireHere, module, path, dirname(path));
  onScript?.(path, script);
  return module.exports;
}

/** Where the cached data of a file lies for the Node that runs this. */
export function cachedDataOf(path: string): string {
  return `${path}.v8-${process.versions.v8}-${process.arch}`;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
