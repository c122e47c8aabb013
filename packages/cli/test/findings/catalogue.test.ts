import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../src/findings/catalogue.ts";

test("docs/verify.md lists every code, with its severity, title and advice", () => {
  const text = readFileSync(new URL("../../../../docs/verify.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) +\| (.*?) +\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    Object.entries(CATALOGUE).map(([code, { severity, title, advice }]) => [code, severity, title, advice]),
  );
});
