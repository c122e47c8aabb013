import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Called with each file that was loaded; whoever builds the package makes its cached data of them. */
export type OnScript = (path: string, script: Script) => void;

/**
 * Loads the program of the published package. Where its folder has the cached data of this version of V8, nothing is parsed and
 * compiled again; V8 itself refuses data that does not fit. For other versions Node keeps its own cache in that folder, if whoever runs
 * the program may write there: nobody else can put anything into it who could not change the program itself.
 *
 * @param path of its first file, CommonJS; the others, beside it or below, are loaded where they are needed
 */
export function load(path: string, onScript?: OnScript): unknown {
  const usesCachedData = onScript !== undefined || existsSync(cachedDataOf(path));
  if (!usesCachedData) nodeModule().enableCompileCache(join(dirname(path), "compile-cache"));
  return new Loader(dirname(path), usesCachedData, onScript).load(path);
}

/** Not imported, for it is seldom used. */
function nodeModule(): typeof import("node:module") {
  return process.getBuiltinModule("node:module");
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

/** What a file of the package holds: its code, as the function that Node would make of it. */
type Run = (exports: object, require: (id: string) => unknown, module: object, path: string, folder: string) => void;

/** A `require` for the package's own files. */
class Loader {
  readonly #folder: string;
  readonly #usesCachedData: boolean;
  readonly #onScript: OnScript | undefined;
  readonly #loaded = new Map<string, { exports: object }>();

  constructor(folder: string, usesCachedData: boolean, onScript: OnScript | undefined) {
    this.#folder = folder;
    this.#usesCachedData = usesCachedData;
    this.#onScript = onScript;
  }

  load(path: string): unknown {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#loaded.set(path, module);
    const run = this.#usesCachedData ? this.#compile(path) : (this.#requireOther(path) as Run);
    run(module.exports, (id) => this.#require(id), module, path, dirname(path));
    return module.exports;
  }

  #compile(path: string): Run {
    // The bundler writes ASCII alone, which is read fastest as Latin-1.
    const source = readFileSync(path, "latin1");
    const cachedData = this.#onScript === undefined ? readIfThere(cachedDataOf(path)) : undefined;
    const script = new Script(source, { filename: path, ...(cachedData === undefined ? {} : { cachedData }) });
    this.#onScript?.(path, script);
    return script.runInThisContext() as Run;
  }

  /** Names of files start at the program's folder, wherever they stand. */
  #require(id: string): unknown {
    if (id.startsWith("./")) return this.load(this.#folder + id.slice(1));
    return process.getBuiltinModule(id) ?? this.#requireOther(id);
  }

  #requireOther(id: string): unknown {
    return nodeModule().createRequire(join(this.#folder, "program.cjs"))(id);
  }
}
