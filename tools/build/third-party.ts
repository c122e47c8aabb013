import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile, Plugin } from "esbuild";
import { bundleScript, type Runtime } from "./bundle.ts";
import { entryOf, fillParts, fromOtherParts, type Split } from "./parts.ts";
import { root } from "./root.ts";
import { standIn } from "./stand-in.ts";

/** A package that a program imports. */
interface ThirdParty {
  /** What holds it, from the program's folder. */
  readonly file: string;
  /** The folder that imports it. */
  readonly resolveDir: string;
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
  const filled = fillParts(split, whole);
  const asFunction = runtime === "node";
  const parts = filled.map((part, index) => {
    const stdin = { contents: entryOf(part, index === 0 ? entry : null), resolveDir: root };
    const plugins = [fromOtherParts(part, filled, split), apart(found)];
    return { file: part.file, options: { stdin, plugins } };
  });
  const packages = Array.from(found, ([name, { file, resolveDir }]) => {
    const stdin = { contents: `export * from ${JSON.stringify(name)};`, resolveDir };
    return { file, options: { stdin, plugins: [lazily(SELDOM_USED)] } };
  });
  const bundles = [...parts, ...packages].map(async ({ file, options }) => {
    const outfile = join(folder, file);
    return [file, await bundleScript({ ...options, outfile, asFunction }, runtime)] as const;
  });
  return new Map(await Promise.all(bundles));
}

/** Modules of Node that packages import for what we do not ask of them, and that take milliseconds to load. */
const SELDOM_USED = /^(?:node:)?child_process$/;

/** Has modules of Node loaded when something of them is first used. */
function lazily(modules: RegExp): Plugin {
  return {
    name: "lazily",
    setup(build) {
      build.onResolve({ filter: modules }, ({ path, namespace }) => {
        return namespace === STAND_IN ? { path, external: true } : { path, namespace: STAND_IN };
      });
      build.onLoad({ filter: modules, namespace: STAND_IN }, async ({ path }) => {
        const names = Object.keys((await import(path)) as object).filter((name) => name !== "default");
        return { contents: standIn(requireOf(path), names), loader: "js" };
      });
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
        found.set(path, { file, resolveDir });
        return { path, namespace: STAND_IN, pluginData: resolved.path };
      });
      build.onResolve({ filter: /^\.\/third-party\//, namespace: STAND_IN }, ({ path }) => ({ path, external: true }));
      build.onLoad({ filter: /./, namespace: STAND_IN }, async ({ path, pluginData }) => {
        const names = Object.keys((await import(pathToFileURL(String(pluginData)).href)) as object);
        return { contents: standIn(requireOf(`./${found.get(path)?.file}`), names), loader: "js" };
      });
    },
  };
}

const RESOLVING = "resolving";
const STAND_IN = "stand-in";

function requireOf(id: string): string {
  return `require(${JSON.stringify(id)})`;
}
