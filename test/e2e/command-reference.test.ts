import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { man } from "../../tools/command-reference/man.ts";
import { markdown, markdownFile } from "../../tools/command-reference/markdown.ts";
import { pages } from "../../tools/command-reference/page.ts";
import { sourceOf } from "../programs/program.ts";

const all = pages();

it("docs/cli is what `npm run docs:cli` makes of the commands", async () => {
  const files = await readdir(sourceOf("docs/cli"));
  expect(files.toSorted()).toEqual(all.map(({ command }) => markdownFile(command)).toSorted());
  for (const page of all) {
    const file = `docs/cli/${markdownFile(page.command)}`;
    expect({ file, text: await readFile(sourceOf(file), "utf8") }).toEqual({ file, text: markdown(page, all) });
  }
});

it.each(all)("the man page of $command names each flag, and no line of it is taken for a macro", (page) => {
  const lines = man(page, "1.2.3").split("\n");
  for (const { signature } of page.flags) expect(lines).toContain(`.B ${signature.replaceAll("-", "\\-")}`);
  const macros = lines.filter((line) => line.startsWith(".")).map((line) => line.split(" ")[0]);
  expect([".TH", ".SH", ".B", ".TP", ".EX", ".EE"]).toEqual(expect.arrayContaining([...new Set(macros)]));
});
