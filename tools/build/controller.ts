import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { bundleModule } from "./bundle.ts";
import { writeLicenses } from "./licenses.ts";
import { root } from "./root.ts";
import { addTemplateEngine } from "./template-engine.ts";
import { withoutApiClient } from "./without-api-client.ts";

/** The controller's `dist`: one file, and what it looks for beside it. It decrypts on Node's own threads, which need no program. */
export async function buildController(folder = join(root, "packages/controller/dist")): Promise<void> {
  const outfile = join(folder, "controller.js");
  const [metafile] = await Promise.all([
    bundleModule({ entryPoints: ["packages/controller/src/bin.ts"], outfile, plugins: [withoutApiClient] }),
    addTemplateEngine(folder),
  ]);
  await writeLicenses([metafile], join(folder, "LICENSES.txt"));
  await chmod(outfile, 0o755);
}
