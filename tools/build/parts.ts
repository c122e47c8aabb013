import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile, Plugin } from "esbuild";
import { root } from "./root.ts";
import { standIn } from "./stand-in.ts";

/** A file of a program that is split: it is loaded as a whole, when something of it is first used. */
export interface Part {
  /** Its name, in the program's folder. */
  readonly file: string;
  /** Modules, by path from the workspace's folder: these are in it, with what they import and no earlier part has. The last part has the rest. */
  readonly roots: readonly string[];
}

/** How a program is split. */
export interface Split {
  /** The first one is loaded at every start. */
  readonly parts: readonly Part[];
  /** Modules that other parts load when something of them is first used, and not when they are imported. They only export functions. */
  readonly lazy: readonly string[];
}

/** A part, and what is in it. */
export interface FilledPart extends Part {
  readonly modules: ReadonlySet<string>;
  /** Of these modules, those that other parts import. */
  readonly shared: readonly string[];
}

/** Splits what an unsplit bundle holds: each module is in one part, for a class that stands in two files would be two classes. */
export function fillParts({ parts, lazy }: Split, { inputs }: Metafile): readonly FilledPart[] {
  const ours = new Set(Object.keys(inputs).filter((path) => /^packages\//.test(path)));
  const importsOf = (path: string) => (inputs[path]?.imports ?? []).filter((each) => ours.has(each.path));
  const unknown = [...parts.flatMap(({ roots }) => roots), ...lazy].filter((path) => !ours.has(path));
  if (unknown.length > 0) throw new Error(`not modules of the program: ${unknown.join(", ")}`);
  const taken = new Set<string>();
  const filled = parts.map(({ file, roots }, index) => {
    const open = index === parts.length - 1 ? [...ours] : [...roots];
    const modules = new Set<string>();
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (taken.has(path)) continue;
      taken.add(path);
      modules.add(path);
      const needed = importsOf(path).filter((each) => each.kind === "import-statement" && !lazy.includes(each.path));
      open.push(...needed.map((each) => each.path));
    }
    return { file, roots, modules };
  });
  return filled.map((part) => {
    const others = [...ours].filter((path) => !part.modules.has(path));
    const wanted = new Set(others.flatMap((path) => importsOf(path).map((each) => each.path)));
    return { ...part, shared: [...part.modules].filter((path) => wanted.has(path)).toSorted() };
  });
}

/** What a part exports: each module that others want, by its path, and started when it is first asked for. */
export function entryOf({ shared }: FilledPart, entry: string | null): string {
  const getters = shared.map(
    (path) => `get ${JSON.stringify(path)}() { return require(${JSON.stringify(`./${path}`)}); }`,
  );
  const own = entry === null ? "" : `export * from ${JSON.stringify(`./${entry}`)};\n`;
  return `${own}export const modules = { ${getters.join(", ")} };\n`;
}

/** Has one part import from the others what is in them. */
export function fromOtherParts(part: FilledPart, parts: readonly FilledPart[], { lazy }: Split): Plugin {
  const elsewhere = new Map(
    parts
      .filter((other) => other !== part)
      .flatMap(({ file, modules }) => [...modules].map((path) => [path, file] as const)),
  );
  return {
    name: "parts",
    setup(build) {
      build.onResolve({ filter: /./, namespace: OTHER_PART }, ({ path }) => ({ path, external: true }));
      build.onResolve(
        { filter: /^[./#]|^@sealwright\/|^[A-Z]:/ },
        async ({ path, kind, resolveDir, importer, pluginData }) => {
          if (pluginData === RESOLVING || kind === "entry-point") return undefined;
          const resolved = await build.resolve(path, { kind, resolveDir, importer, pluginData: RESOLVING });
          const module = relative(root, resolved.path).replaceAll("\\", "/");
          return elsewhere.has(module) ? { path: module, namespace: OTHER_PART } : undefined;
        },
      );
      build.onLoad({ filter: /./, namespace: OTHER_PART }, async ({ path }) => {
        const module = `require(${JSON.stringify(`./${elsewhere.get(path)}`)}).modules[${JSON.stringify(path)}]`;
        if (!lazy.includes(path)) return { contents: `module.exports = ${module};`, loader: "js" };
        const names = Object.keys((await import(pathToFileURL(join(root, path)).href)) as object);
        return { contents: standIn(module, names), loader: "js" };
      });
    },
  };
}

const RESOLVING = "resolving a module of ours";
const OTHER_PART = "other-part";
