import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { root } from "./root.ts";

/** The folder of a package, in the path of a file that a bundle holds. */
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)/i;

interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Writes the licenses of all packages that bundles hold, with their names and versions. */
export async function writeLicenses(metafiles: readonly Metafile[], file: string): Promise<void> {
  const folders = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
        bytesInOutput === 0 ? [] : (PACKAGE_FOLDER.exec(path) ?? []),
      ),
    ),
  );
  const texts = await Promise.all([...new Set(folders)].map((folder) => licenseOf(join(root, folder))));
  await writeFile(file, texts.toSorted().join(`\n${"-".repeat(80)}\n\n`));
}

async function licenseOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageManifest;
  const files = (await readdir(folder)).filter((name) => LICENSE_FILE.test(name)).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  const heading = `${manifest.name} ${manifest.version} (${manifest.license ?? "see below"})`;
  return `${[heading, ...texts.map((text) => text.trim())].join("\n\n")}\n`;
}
