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

/** `node:process` is the global one. As a default import of CommonJS, each of its hundred properties would be copied at every start. */
const GLOBAL_PROCESS: Plugin = {
  name: "global-process",
  setup(build) {
    build.onResolve({ filter: /^node:process$/ }, ({ path, kind }) => {
      return kind === "import-statement" ? { path, namespace: "global-process" } : undefined;
    });
    build.onLoad({ filter: /./, namespace: "global-process" }, () => ({ contents: "export default process;" }));
  },
};

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
    plugins: [withoutIndex(root), GLOBAL_PROCESS, ...plugins],
    define: { "import.meta.url": "__meta.url", "import.meta.dirname": "__dirname" },
    format: "cjs",
    // Node would look for the file beside what it knows as modules, and not with us.
    supported: { "dynamic-import": false },
    banner: { js: (asFunction ? FUNCTION.start : "") + importMeta(runtime) },
    footer: { js: asFunction ? FUNCTION.end : "" },
  });
  return metafile;
}
