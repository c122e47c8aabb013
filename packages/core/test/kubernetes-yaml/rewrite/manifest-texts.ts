import { readdirSync, readFileSync } from "node:fs";

/** The files in `manifests`, by name. In a browser, test/runtimes puts the texts in place of this module. */
export function manifestTexts(): Readonly<Record<string, string>> {
  const folder = new URL("manifests/", import.meta.url);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
}
