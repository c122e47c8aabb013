import { spawnSync } from "node:child_process";
import { appendFile, chmod, stat } from "node:fs/promises";
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
  await Promise.all([...metafiles.keys()].map((file) => lengthen(join(folder, file))));
  addCachedData(folder);
}

async function buildStarter(name: string, folder: string): Promise<void> {
  const outfile = join(folder, `${name}.cjs`);
  await bundleScript({ entryPoints: [`${SOURCE}/${name}.ts`], outfile }, "node");
  await chmod(outfile, 0o755);
}

/**
 * V8 has a place of its own for texts of 128 KiB or more: they are not copied by a collection, and do not fill the megabyte after which
 * there is one. With blanks behind the program it gets there, which spares every start a collection, a millisecond.
 */
const LARGE = 132 * 1024;

async function lengthen(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size < LARGE) await appendFile(path, `${" ".repeat(LARGE - size - 1)}\n`);
}

/** For the Node of the build: any other compiles anew, and keeps what it compiled where it may. */
function addCachedData(folder: string): void {
  const { status } = spawnSync(process.execPath, [join(root, "tools/build/cached-data.ts"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("the bundle does not run");
}
