import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { sourceOf } from "../../test/programs/program.ts";

interface Manifest {
  readonly publishConfig: object;
}

/** The programs of `programs/`, compiled, in a folder in which `@sealwright/core` is what the registry would deliver. */
export function installPrograms(folder: string, names: readonly string[]): void {
  const own = join(folder, "node_modules/@sealwright/core");
  mkdirSync(own, { recursive: true });
  const { publishConfig, ...manifest } = JSON.parse(
    readFileSync(sourceOf("packages/core/package.json"), "utf8"),
  ) as Manifest;
  writeFileSync(join(own, "package.json"), JSON.stringify({ ...manifest, ...publishConfig }));
  for (const part of ["dist", "template-engine"]) {
    cpSync(sourceOf(`packages/core/${part}`), join(own, part), { recursive: true });
  }
  symlinkSync(sourceOf("packages/core/node_modules"), join(own, "node_modules"), "junction");
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const entryPoints = names.map((name) => join(import.meta.dirname, "programs", `${name}.ts`));
  buildSync({ entryPoints, outdir: folder, format: "esm", target: "node22" });
}
