import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundleModule } from "./bundle.ts";
import { root } from "./root.ts";

const ENGINE = join(root, "packages/core/template-engine");

/** What the bundles' template host looks for beside them: see packages/core/src/template/host-bundle.ts. */
export async function addTemplateEngine(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    bundleModule({
      entryPoints: ["packages/core/src/template/worker-node.ts"],
      outfile: join(folder, "template-worker.js"),
    }),
    copyFile(join(ENGINE, "engine.wasm.gz"), join(folder, "engine.wasm.gz")),
    copyFile(join(ENGINE, "LICENSES.txt"), join(folder, "engine.LICENSES.txt")),
  ]);
}
