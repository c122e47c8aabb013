import { spawnSync } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sourceOf } from "./program.ts";

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly publishConfig: object;
}

/**
 * Installs core into `node_modules` of a folder as its package holds it: compiled, the files and exports that are published, and beside it the
 * libraries that it depends on.
 */
export async function installPublishedCore(folder: string): Promise<void> {
  const core = sourceOf("packages/core");
  const installed = join(folder, "node_modules/@sealwright/core");
  const manifest = JSON.parse(await readFile(join(core, "package.json"), "utf8")) as Manifest;
  const { publishConfig, ...rest } = manifest;
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, "package.json"), JSON.stringify({ ...rest, ...publishConfig }));
  // Compiled into the folder and not copied from packages/core/dist, which another test may be about to build.
  compile(join(installed, "dist"));
  for (const file of manifest.files.filter((file) => file !== "dist")) {
    await mkdir(dirname(join(installed, file)), { recursive: true });
    await cp(join(core, file), join(installed, file));
  }
  for (const name of Object.keys(manifest.dependencies)) {
    await symlink(join(core, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
}

function compile(outDir: string): void {
  const config = sourceOf("packages/core/tsconfig.build.json");
  const program = sourceOf("node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [program, "-p", config, "--outDir", outDir], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`core cannot be compiled: ${stdout}`);
}
