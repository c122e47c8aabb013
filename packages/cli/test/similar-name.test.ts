import { expect, test } from "vitest";
import { similarName } from "../src/similar-name.ts";

test.each([
  ["certificate", "certificates"],
  ["verison", "version"],
  ["frobnicate", null],
  ["a", null],
])("%s may have meant %s", (name, expected) => {
  expect(similarName(name, ["version", "certificates", "rules"])).toBe(expected);
});
