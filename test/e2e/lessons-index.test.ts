import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sourceOf } from "../programs/program.ts";

/** ``| what goes wrong | `file`: title |``, the former empty where the line before has it. */
const LESSON = /^\| (.*) \| `([^`]+)`: (.+?) +\|$/gm;

const INDEX = [...readFileSync(sourceOf("docs/testing.md"), "utf8").matchAll(LESSON)].map(
  ([, , file = "", title = ""]) => ({
    file,
    title,
  }),
);

describe("docs/testing.md", () => {
  it("names a test for each lesson", () => {
    expect(INDEX.length).toBeGreaterThan(40);
  });

  it.each(INDEX)("names one that is there: $file, $title", ({ file, title }) => {
    const text = readFileSync(sourceOf(file), "utf8");
    expect(file.endsWith(".txt") ? text.includes(`# ${title}\n`) : /\.test\.ts$/.test(file)).toBe(true);
    expect(text).toContain(title);
  });
});
