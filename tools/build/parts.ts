import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile, Plugin } from "esbuild";
import { root } from "./root.ts";

/** A file of a program that is split: it is loaded as a whole, when something of it is first used. */
export interface Part {
  /** Its name, in the program's folder. */
  readonly file: string;
  /** Modules, by path from the workspace's folder: these are in it, with what they import and no earlier part has. The last part has the rest. */
  readonly roots: readonly string[];
  /**
   * Whether all of it runs when it is loaded, in one scope: where all of it is needed, for modules that each start by themselves cost more
   * than most of them hold. Otherwise each runs when it is first imported.
   */
  readonly runsAtOnce: boolean;
}

/** How a program is split. */
export interface Split {
  /** The first one is loaded at every start. */
  readonly parts: readonly Part[];
  /** Modules that earlier parts load when they first call one of their functions, and not when they import them. They export nothing else. */
  readonly lazy: readonly string[];
}

/** A part, and what is in it. */
export interface FilledPart extends Part {
  readonly modules: ReadonlySet<string>;
  /** Of these modules, those that other parts import, or that are imported where they are needed, with the names that they export. */
  readonly shared: ReadonlyMap<string, readonly string[]>;
}

/** Splits what an unsplit bundle holds: each module is in one part, for a class that stands in two files would be two classes. */
export async function fillParts({ parts, lazy }: Split, { inputs }: Metafile): Promise<readonly FilledPart[]> {
  const ours = new Set(Object.keys(inputs).filter((path) => /^packages\//.test(path)));
  const importsOf = (path: string) => (inputs[path]?.imports ?? []).filter((each) => ours.has(each.path));
  const unknown = [...parts.flatMap(({ roots }) => roots), ...lazy].filter((path) => !ours.has(path));
  if (unknown.length > 0) throw new Error(`not modules of the program: ${unknown.join(", ")}`);
  const taken = new Set<string>();
  const filled = parts.map((part, index) => {
    const open = index === parts.length - 1 ? [...ours] : [...part.roots];
    const modules = new Set<string>();
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (taken.has(path)) continue;
      taken.add(path);
      modules.add(path);
      const needed = importsOf(path).filter((each) => each.kind === STATIC && !lazy.includes(each.path));
      open.push(...needed.map((each) => each.path));
    }
    return { ...part, modules };
  });
  return Promise.all(
    filled.map(async (part) => {
      const imports = [...ours].flatMap(importsOf);
      const inside = [...part.modules].flatMap(importsOf).filter(({ kind }) => kind === STATIC);
      const paths = new Set(imports.filter((each) => !inside.includes(each)).map(({ path }) => path));
      const shared = [...part.modules].filter((path) => paths.has(path)).toSorted();
      return { ...part, shared: new Map(await Promise.all(shared.map((path) => namesIn(path, lazy.includes(path))))) };
    }),
  );
}

/** A module, and what it exports: what others take of it when it is loaded, so that nothing of it may change later. */
async function namesIn(path: string, isLazy: boolean): Promise<readonly [string, readonly string[]]> {
  const exported = Object.entries((await import(pathToFileURL(join(root, path)).href)) as object);
  if (/^export (?:let|var) /m.test(await readFile(join(root, path), "utf8"))) {
    throw new Error(`${path} exports what may change`);
  }
  if (isLazy && exported.some(([, value]) => typeof value !== "function")) {
    throw new Error(`${path} exports more than functions: it cannot be loaded by the first call`);
  }
  return [path, exported.map(([name]) => name)];
}

/** What a part exports: each module that others want, or that is imported where it is needed, by its path. */
export function entryOf(part: FilledPart, entry: string | null): string {
  const own = entry === null ? "" : `export * from ${JSON.stringify(`./${entry}`)};\n`;
  return own + (part.runsAtOnce ? tableOfValues(part) : tableOfModules(part));
}

/** Each module's values are put together when they are asked for: the engine takes its time over an object that is made once. */
function tableOfValues({ shared }: FilledPart): string {
  const modules = Array.from(shared, ([path, names], index) => {
    const imported = names.map((name) => `${name} as ${name}_${index}`).join(", ");
    const held = names.map((name) => `${name}: ${name}_${index}`).join(", ");
    return {
      imports: `import { ${imported} } from ${JSON.stringify(`./${path}`)};\n`,
      property: `${JSON.stringify(path)}: () => ({ ${held} })`,
    };
  });
  const imports = modules.map((each) => each.imports).join("");
  return `${imports}export const modules = { ${modules.map((each) => each.property).join(", ")} };\n`;
}

function tableOfModules({ shared }: FilledPart): string {
  const modules = Array.from(
    shared.keys(),
    (path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(`./${path}`)})`,
  );
  return `export const modules = { ${modules.join(", ")} };\n`;
}

/** Has one part import from the others what is in them, and what it imports where it is needed, when it gets there. */
export function fromParts(part: FilledPart, parts: readonly FilledPart[], { lazy }: Split): Plugin {
  const holders = new Map(parts.flatMap((other) => [...other.modules].map((path) => [path, other] as const)));
  const wayTo = (path: string, kind: string): Way | undefined => {
    const holder = holders.get(path);
    if (holder === undefined || (holder === part && (kind === STATIC || !part.runsAtOnce))) return undefined;
    if (kind !== STATIC) return "where-needed";
    return lazy.includes(path) ? "when-called" : "at-once";
  };
  return {
    name: "parts",
    setup(build) {
      for (const [way, contentsOf] of Object.entries(WAYS)) {
        build.onResolve({ filter: /./, namespace: way }, ({ path }) => ({ path, external: true }));
        build.onLoad({ filter: /./, namespace: way }, ({ path }) => {
          const { file, shared } = holders.get(path) ?? part;
          const module = `require(${JSON.stringify(`./${file}`)}).modules[${JSON.stringify(path)}]()`;
          return { contents: contentsOf(module, shared.get(path) ?? []), loader: "js" };
        });
      }
      build.onResolve(
        { filter: /^[./#]|^@sealwright\/|^[A-Z]:/ },
        async ({ path, kind, resolveDir, importer, pluginData }) => {
          if (pluginData === RESOLVING || kind === "entry-point") return undefined;
          const resolved = await build.resolve(path, { kind, resolveDir, importer, pluginData: RESOLVING });
          const module = relative(root, resolved.path).replaceAll("\\", "/");
          const way = wayTo(module, kind);
          return way === undefined ? undefined : { path: module, namespace: way };
        },
      );
    },
  };
}

const STATIC = "import-statement";
const RESOLVING = "resolving a module of ours";

/** How a part comes to a module of another, which an expression loads. */
const WAYS = {
  /** Of an earlier part, which is loaded already. */
  "at-once": (module: string, names: readonly string[]) =>
    [`const module = ${module};`, ...names.map((name) => `export const ${name} = module.${name};`)].join("\n"),
  /** Of a later part. */
  "when-called": (module: string, names: readonly string[]) =>
    [
      `let loaded;\nconst load = () => (loaded ??= ${module});`,
      ...names.map((name) => `export function ${name}(...args) { return load().${name}(...args); }`),
    ].join("\n"),
  /** Imported by an expression. */
  "where-needed": (module: string) => `module.exports = ${module};`,
} as const satisfies Readonly<Record<string, (module: string, names: readonly string[]) => string>>;

type Way = keyof typeof WAYS;
