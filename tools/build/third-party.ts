import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile, Plugin } from "esbuild";
import { bundleScript, type Runtime } from "./bundle.ts";

/** A package that a program imports. */
interface ThirdParty {
  /** What holds it, from the program's folder. */
  readonly file: string;
  /** The folder that imports it. */
  readonly resolveDir: string;
}

/**
 * Bundles an entry into one CommonJS file, and each package that it imports into a file of its own below `third-party/`, which is read
 * when something of it is first used. Our own code stays in one piece: a class that stands in two files would be two classes.
 */
export async function bundleApart(entry: string, outfile: string, runtime: Runtime): Promise<readonly Metafile[]> {
  const found = new Map<string, ThirdParty>();
  const program = await bundleScript({ entryPoints: [entry], outfile, plugins: [apart(found)] }, runtime);
  const packages = Array.from(found, ([name, { file, resolveDir }]) => {
    const stdin = { contents: `export * from ${JSON.stringify(name)};`, resolveDir };
    return bundleScript({ stdin, outfile: join(outfile, "..", file), plugins: [lazily(SELDOM_USED)] }, runtime);
  });
  return [program, ...(await Promise.all(packages))];
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
        return { contents: standIn(path, names), loader: "js" };
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
        return { contents: standIn(`./${found.get(path)?.file}`, names), loader: "js" };
      });
    },
  };
}

const RESOLVING = "resolving";
const STAND_IN = "stand-in";

/** A module that has the names of another, and loads that for the first of them that is asked for. */
function standIn(id: string, names: readonly string[]): string {
  const load = `let loaded; const load = () => (loaded ??= require(${JSON.stringify(id)}));`;
  const getters = names.map((name) => `get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}]; }`);
  return `${load} module.exports = { ${getters.join(", ")} };`;
}
