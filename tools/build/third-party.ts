import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile, Plugin, PluginBuild } from "esbuild";
import { bundleScript, type Runtime } from "./bundle.ts";
import { entryOf, fillParts, fromParts, type Split } from "./parts.ts";
import { root } from "./root.ts";
import { standIn } from "./stand-in.ts";

/** A package that a program imports. */
interface ThirdParty {
  /** What holds it, from the program's folder. */
  readonly file: string;
  /** The folder that imports it. */
  readonly resolveDir: string;
  /** Where it lies. */
  readonly path: string;
}

/**
 * Bundles a program into CommonJS files, its parts, of which the first one is the entry's, and each package that it imports into a file
 * of its own below `third-party/`, which is read when something of it is first used.
 *
 * @returns what is in each of the files, by its path from the folder
 */
export async function bundleApart(
  { entry, folder, runtime }: { readonly entry: string; readonly folder: string; readonly runtime: Runtime },
  split: Split,
): Promise<ReadonlyMap<string, Metafile>> {
  const found = new Map<string, ThirdParty>();
  const whole = await bundleScript({ entryPoints: [entry], write: false, plugins: [apart(found)] }, runtime);
  const filled = await fillParts(split, whole);
  const asFunction = runtime === "node";
  const parts = filled.map((part, index) => {
    const stdin = { contents: entryOf(part, index === 0 ? entry : null), resolveDir: root };
    const plugins = [fromParts(part, filled, split), apart(found)];
    return { file: part.file, options: { stdin, plugins } };
  });
  const packages = Array.from(found, ([name, { file, resolveDir }]) => {
    const stdin = { contents: `export * from ${JSON.stringify(name)};`, resolveDir };
    return { file, options: { stdin, plugins: [sharing(found), LAZILY] } };
  });
  const bundles = [...parts, ...packages].map(async ({ file, options }) => {
    const outfile = join(folder, file);
    return [file, await bundleScript({ ...options, outfile, asFunction }, runtime)] as const;
  });
  return new Map(await Promise.all(bundles));
}

/** What of Node packages import for what we seldom or never ask of them, and that takes milliseconds to load. */
const SELDOM_USED = /^(?:node:)?child_process$/;

/** Has it loaded when something of it is first used. */
const LAZILY: Plugin = {
  name: "lazily",
  setup(build) {
    build.onResolve({ filter: SELDOM_USED }, ({ path, namespace }) => {
      return namespace === SELDOM ? undefined : { path, namespace: SELDOM };
    });
    build.onLoad({ filter: SELDOM_USED, namespace: SELDOM }, async ({ path }) => {
      const names = Object.keys((await import(path)) as object).filter((name) => name !== "default");
      return { contents: standIn(requireOf(path), names), loader: "js" };
    });
  },
};

/** Has a package take from the files of others what those hold already. */
function sharing(found: ReadonlyMap<string, ThirdParty>): Plugin {
  return {
    name: "sharing",
    setup(build) {
      build.onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        const other = found.get(path);
        if (other === undefined || pluginData === RESOLVING || importer === "<stdin>") return undefined;
        const resolved = await build.resolve(path, { kind, resolveDir, pluginData: RESOLVING });
        return resolved.path === other.path ? { path, namespace: STAND_IN } : undefined;
      });
      loadStandIns(build, found);
    },
  };
}

/** Puts a stand-in where a package that is not ours is imported, and notes the package. */
function apart(found: Map<string, ThirdParty>): Plugin {
  return {
    name: "third-party",
    setup(build) {
      build.onResolve({ filter: /^[@a-z]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === RESOLVING || kind === "entry-point" || /^node:|^@sealwright\//.test(path)) return undefined;
        const resolved = await build.resolve(path, { kind, resolveDir, pluginData: RESOLVING });
        if (resolved.external) return undefined;
        const file = `third-party/${path.replace(/^@/, "").replaceAll(/[^a-z0-9-]/g, "-")}.cjs`;
        found.set(path, { file, resolveDir, path: resolved.path });
        return { path, namespace: STAND_IN };
      });
      loadStandIns(build, found);
    },
  };
}

const THIRD_PARTY = /^\.\/third-party\//;
const RESOLVING = "resolving";
const STAND_IN = "stand-in";
const SELDOM = "seldom-used";

/** Each stand-in loads its package from the file that holds it. */
function loadStandIns(build: PluginBuild, found: ReadonlyMap<string, ThirdParty>): void {
  build.onResolve({ filter: THIRD_PARTY, namespace: STAND_IN }, ({ path }) => ({ path, external: true }));
  build.onLoad({ filter: /./, namespace: STAND_IN }, async ({ path: name }) => {
    const party = found.get(name);
    if (party === undefined) throw new Error(`${name} was not found`);
    const names = Object.keys((await import(pathToFileURL(party.path).href)) as object);
    return { contents: standIn(requireOf(`./${party.file}`), names), loader: "js" };
  });
}

function requireOf(id: string): string {
  return `require(${JSON.stringify(id)})`;
}
