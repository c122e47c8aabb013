import { join } from "node:path";
import { buildSync } from "esbuild";
import { sourceOf } from "../../test/programs/program.ts";

const FOLDER = sourceOf("node_modules/.cache/bench");
const compiled = new Map<string, string>();

/**
 * A TypeScript program of the benches as JavaScript, in one file: what it takes to strip its types is no part of a measurement. Libraries
 * are those of the workspace.
 *
 * @param path from the workspace's folder: `bench/core/programs/rsa.ts`
 */
export function compiledProgram(path: string): string {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const outfile = join(FOLDER, path.replaceAll("/", "-").replace(/\.ts$/, ".mjs"));
  const entryPoints = [sourceOf(path)];
  buildSync({ entryPoints, outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
  compiled.set(path, outfile);
  return outfile;
}
