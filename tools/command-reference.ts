/**
 * `npm run docs:cli`: writes `docs/cli`, the reference of the command line, from the commands themselves. A test holds the files to what
 * this writes; the man pages come from the same, when the package is built.
 */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./build/root.ts";
import { markdown, markdownFile } from "./command-reference/markdown.ts";
import { pages } from "./command-reference/page.ts";

const folder = join(root, "docs/cli");
const all = pages();
await mkdir(folder, { recursive: true });
const names = new Set(all.map(({ command }) => markdownFile(command)));
for (const file of await readdir(folder)) if (!names.has(file)) await rm(join(folder, file));
for (const page of all) await writeFile(join(folder, markdownFile(page.command)), markdown(page, all));
process.stdout.write(`Wrote ${names.size} pages to docs/cli.\n`);
