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
    return bundleScript({ stdin, outfile: join(outfile, "..", file) }, runtime);
  });
  return [program, ...(await Promise.all(packages))];
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
        return { contents: standIn(found.get(path)?.file ?? "", names), loader: "js" };
      });
    },
  };
}

const RESOLVING = "resolving";
const STAND_IN = "stand-in";

/** A module that has the names of a package, and loads it for the first of them that is asked for. */
function standIn(file: string, names: readonly string[]): string {
  const load = `let loaded; const load = () => (loaded ??= require(${JSON.stringify(`./${file}`)}));`;
  const getters = names.map((name) => `get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}]; }`);
  return `${load} module.exports = { ${getters.join(", ")} };`;
}
