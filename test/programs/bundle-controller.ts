import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildController } from "../../tools/build/controller.ts";
import { BUNDLED } from "./controller-program.ts";
import { sourceOf } from "./program.ts";

/**
 * Makes the controller once for a run of the tests, as it is published: started a hundred times from its sources, it would take longer to
 * load than all that it is asked to do. Returns what takes it away again.
 */
export default async function bundleController(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "sealwright-controller-"));
  const program = join(folder, "dist/controller.js");
  await buildController(join(folder, "dist"));
  await copyFile(sourceOf("packages/controller/package.json"), join(folder, "package.json"));
  process.env[BUNDLED] = program;
  return () => rm(folder, { recursive: true, force: true });
}
