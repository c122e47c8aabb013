import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { man, manFile } from "../command-reference/man.ts";
import { pages } from "../command-reference/page.ts";
import { root } from "./root.ts";

/** A man page for each program and command. */
export async function writeManPages(folder: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, "packages/cli/package.json"), "utf8")) as {
    version: string;
  };
  await mkdir(folder, { recursive: true });
  await Promise.all(pages().map((page) => writeFile(join(folder, manFile(page.command)), man(page, version))));
}
