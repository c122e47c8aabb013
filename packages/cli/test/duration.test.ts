import { expect, test } from "vitest";
import { readDuration } from "../src/duration.ts";

test.each([
  ["30d", 30 * 86_400_000],
  ["1d12h", 36 * 3_600_000],
  ["90m", 90 * 60_000],
  ["45s", 45_000],
  ["0d", 0],
  ["", null],
  ["30", null],
  ["d", null],
  ["1.5h", null],
  ["-1d", null],
])("%s is %s", (text, expected) => {
  expect(readDuration(text)).toBe(expected);
});
