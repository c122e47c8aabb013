import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { allFlags, flagsIn } from "./flags-in-scripts.ts";

const scripts = new URL("../scripts/", import.meta.url);

/** Flags that a script cannot show, and the test that does. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  // It goes on until it is interrupted.
  "sealwright status --watch": "../../../../test/e2e/cluster-commands.test.ts",
};

test("each flag of each command is given in a script, but for those about the connection, which have a test of their own", () => {
  const given = new Set(readdirSync(scripts).flatMap((name) => flagsIn(readFileSync(new URL(name, scripts), "utf8"))));
  expect(allFlags().filter((flag) => !given.has(flag))).toEqual(Object.keys(ELSEWHERE));
  for (const [flag, file] of Object.entries(ELSEWHERE)) {
    expect(readFileSync(new URL(file, import.meta.url), "utf8")).toContain(flag.split(" ").at(-1));
  }
});
