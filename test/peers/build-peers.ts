import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { builtFolder, peerCache } from "./cache.ts";
import { goBuild, goVersion } from "./go.ts";
import { buildFlags, executable, type PeerModule } from "./peer-modules.ts";
import type { Progress } from "./progress.ts";

/**
 * Builds the programs of those modules that the cache lacks. A module's folder appears there complete or not at all, so that an
 * interrupted build leaves nothing that looks finished and two builds at once do not disturb each other.
 * Throws a GoError.
 */
export async function buildPeers(
  modules: readonly PeerModule[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const wanted = modules
    .map((module) => ({ module, target: builtFolder(module, goVersion(module.folder)) }))
    .filter(({ target }) => !existsSync(target));
  progress.expect(wanted.flatMap(({ module }) => Object.keys(module.programs)).length);
  for (const { module, target } of wanted) await buildModule(module, target, progress, signal);
}

async function buildModule(module: PeerModule, target: string, progress: Progress, signal: AbortSignal): Promise<void> {
  const cache = peerCache();
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, ".building-"));
  try {
    for (const [program, name] of Object.entries(module.programs)) {
      const output = join(draft, executable(program));
      await progress.during(program, () =>
        goBuild({ folder: module.folder, package: name, flags: buildFlags(module), output, signal }),
      );
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another build was faster: what it made is the same.
    if (!existsSync(target)) throw error;
  }
}
