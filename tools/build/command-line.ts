import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { bundleScript } from "./bundle.ts";
import { addDecryptionWorker } from "./decryption-worker.ts";
import { writeLicenses } from "./licenses.ts";
import { writeManPages } from "./man-pages.ts";
import { PROGRAM, SPLIT } from "./program.ts";
import { root } from "./root.ts";
import { addTemplateEngine } from "./template-engine.ts";
import { bundleApart } from "./third-party.ts";

const SOURCE = "packages/cli/src/published";

/** The command line's `dist`: two small starters, the program that both start, in parts, the packages that it may load, and cached data. */
export async function buildCommandLine(): Promise<void> {
  const folder = join(root, "packages/cli/dist");
  const [metafiles] = await Promise.all([
    bundleApart({ entry: PROGRAM, folder, runtime: "node" }, SPLIT),
    addTemplateEngine(folder),
    addDecryptionWorker(folder),
    writeManPages(join(folder, "man")),
    ...["sealwright", "kubeseal"].map((name) => buildStarter(name, folder)),
  ]);
  await writeLicenses([...metafiles.values()], join(folder, "LICENSES.txt"));
  addCachedData(folder);
}

async function buildStarter(name: string, folder: string): Promise<void> {
  const outfile = join(folder, `${name}.cjs`);
  await bundleScript({ entryPoints: [`${SOURCE}/${name}.ts`], outfile }, "node");
  await chmod(outfile, 0o755);
}

/** For the Node of the build: any other compiles anew, and keeps what it compiled where it may. */
function addCachedData(folder: string): void {
  const { status } = spawnSync(process.execPath, [join(root, "tools/build/cached-data.ts"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("the bundle does not run");
}
