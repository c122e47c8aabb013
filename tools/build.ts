/**
 * `npm run build`: what is published. `core` becomes typed ES modules, `cli` and `controller` one file each, with all that they
 * need inside.
 */
import { spawnSync } from "node:child_process";
import { chmod, copyFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

const PROGRAMS = [
  { source: "packages/cli/src/bin.ts", bundle: "packages/cli/dist/sealwright.js" },
  { source: "packages/cli/src/kubeseal/bin.ts", bundle: "packages/cli/dist/kubeseal.js" },
  { source: "packages/controller/src/bin.ts", bundle: "packages/controller/dist/controller.js" },
];

/** Some libraries inside are CommonJS, and call a `require` that an ES module does not have. */
const REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

await Promise.all(
  ["core", "cli", "controller"].map((name) => rm(`${root}packages/${name}/dist`, { recursive: true, force: true })),
);
compileCore();
await Promise.all(PROGRAMS.map(bundleProgram));
for (const folder of ["packages/cli/dist", "packages/controller/dist"]) {
  await Promise.all([addTemplateEngine(folder), addDecryptionWorker(folder)]);
}
process.stdout.write("Built packages/core/dist, packages/cli/dist and packages/controller/dist.\n");

function compileCore(): void {
  const shell = process.platform === "win32";
  const { status } = spawnSync("tsc", ["-p", "packages/core/tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
    shell,
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** What the bundles' template host looks for beside them: see packages/core/src/template/host-bundle.ts. */
async function addTemplateEngine(folder: string): Promise<void> {
  const worker = { source: "packages/core/src/template/worker-node.ts", bundle: `${folder}/template-worker.js` };
  const engine = `${root}packages/core/template-engine`;
  await Promise.all([
    bundleProgram(worker),
    copyFile(`${engine}/engine.wasm.gz`, `${root}${folder}/engine.wasm.gz`),
    copyFile(`${engine}/LICENSES.txt`, `${root}${folder}/engine.LICENSES.txt`),
  ]);
}

/** What the bundle's threads run: see packages/core/src/threads/host-bundle.ts. */
function addDecryptionWorker(folder: string): Promise<void> {
  return bundleProgram({
    source: "packages/core/src/threads/worker-node.ts",
    bundle: `${folder}/decryption-worker.js`,
  });
}

async function bundleProgram({ source, bundle }: { source: string; bundle: string }): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: bundle,
    bundle: true,
    conditions: ["sealwright-bundle"],
    platform: "node",
    format: "esm",
    target: "node22",
    minify: true,
    legalComments: "linked",
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
  await chmod(`${root}${bundle}`, 0o755);
}
