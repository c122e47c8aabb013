import { readFile } from "node:fs/promises";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { root } from "./root.ts";
import { withoutIndex } from "./without-index.ts";

/** What runs a bundle: Node, or an executable that has Bun inside. */
export type Runtime = "node" | "executable";

type BundleOptions = Pick<BuildOptions, "entryPoints" | "stdin" | "outfile" | "write" | "plugins">;

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  conditions: ["sealwright-bundle"],
  platform: "node",
  target: "node22",
  minify: true,
  metafile: true,
  // The licenses of all packages inside are collected into one file: see licenses.ts.
  legalComments: "none",
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Some libraries inside are CommonJS, and call a `require` that an ES module does not have. */
const REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

/** An ES module with all that it needs inside. */
export async function bundleModule(options: BundleOptions): Promise<Metafile> {
  const { metafile } = await build({ ...COMMON, ...options, format: "esm", banner: { js: REQUIRE } });
  return metafile;
}

/** What stands for `import.meta` in CommonJS, where it is asked for. In an executable, Bun says where the embedded files are. */
const FILE: Readonly<Record<Runtime, string>> = { node: "__filename", executable: "Bun.main" };

function importMeta(runtime: Runtime): string {
  return `"use strict"; const __meta = { get url() { return require("node:url").pathToFileURL(${FILE[runtime]}).href; } };`;
}

/** A file that imports the default of a module, and nothing else of it. */
const DEFAULT_IMPORT = /^import \w+ from ["'](node:\w+)["'];?$/gm;

/** A default import of CommonJS copies each of the module's properties, of which Node's have up to a hundred, at every start. */
const DEFAULTS: Plugin = {
  name: "defaults",
  setup(build) {
    const importedBy = new Map<string, ReadonlySet<string>>();
    build.onResolve({ filter: /^node:/ }, async ({ path, kind, importer, namespace }) => {
      if (kind !== "import-statement" || namespace !== "file") return undefined;
      const known = importedBy.get(importer) ?? defaultsOf(await readFile(importer, "utf8"));
      importedBy.set(importer, known);
      return known.has(path) ? { path, namespace: "default-of" } : undefined;
    });
    build.onLoad({ filter: /./, namespace: "default-of" }, ({ path }) => {
      return {
        contents: `export default ${path === "node:process" ? "process" : `require(${JSON.stringify(path)})`};`,
      };
    });
  },
};

function defaultsOf(source: string): ReadonlySet<string> {
  return new Set(Array.from(source.matchAll(DEFAULT_IMPORT), ([, path = ""]) => path));
}

type ScriptOptions = BundleOptions & {
  /** Exports the function that Node would wrap around the file: as a script of V8, it has that for its value. */
  readonly asFunction?: boolean;
};

const FUNCTION = {
  start:
    "(run => typeof module === 'object' ? module.exports = run : run)(function (exports, require, module, __filename, __dirname) {",
  end: "})",
};

/** A CommonJS file, of which V8 can keep cached data; its `import()` is a `require` too. */
export async function bundleScript(
  { asFunction = false, ...options }: ScriptOptions,
  runtime: Runtime,
): Promise<Metafile> {
  const { plugins = [] } = options;
  const { metafile } = await build({
    ...COMMON,
    ...options,
    plugins: [withoutIndex(root), ...plugins, DEFAULTS],
    define: { "import.meta.url": "__meta.url", "import.meta.dirname": "__dirname" },
    format: "cjs",
    // Node would look for the file beside what it knows as modules, and not with us.
    supported: { "dynamic-import": false },
    banner: { js: (asFunction ? FUNCTION.start : "") + importMeta(runtime) },
    footer: { js: asFunction ? FUNCTION.end : "" },
  });
  return metafile;
}
