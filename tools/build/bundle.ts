import { type BuildOptions, build, type Metafile } from "esbuild";
import { root } from "./root.ts";
import { withoutIndex } from "./without-index.ts";

/** What runs a bundle: Node, or an executable that has Bun inside. */
export type Runtime = "node" | "executable";

type BundleOptions = Pick<BuildOptions, "entryPoints" | "stdin" | "outfile" | "plugins">;

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

/** What stands for `import.meta` in CommonJS. In an executable, Bun says where the embedded files are. */
const FILE_URL: Readonly<Record<Runtime, string>> = {
  node: '"use strict"; const __fileUrl = require("node:url").pathToFileURL(__filename).href;',
  executable: '"use strict"; const __fileUrl = require("node:url").pathToFileURL(Bun.main).href;',
};

/** A CommonJS file, of which V8 can keep cached data; its `import()` is a `require` too. */
export async function bundleScript(options: BundleOptions, runtime: Runtime): Promise<Metafile> {
  const { plugins = [] } = options;
  const { metafile } = await build({
    ...COMMON,
    ...options,
    plugins: [withoutIndex(root), ...plugins],
    define: { "import.meta.url": "__fileUrl", "import.meta.dirname": "__dirname" },
    format: "cjs",
    // Node would look for the file beside what it knows as modules, and not with us.
    supported: { "dynamic-import": false },
    banner: { js: FILE_URL[runtime] },
  });
  return metafile;
}
