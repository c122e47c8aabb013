import { expect, test } from "vitest";
import { parseDuration } from "../src/duration.ts";

test.each([
  ["0", 0],
  ["+0", 0],
  ["720h", 2_592_000_000],
  ["720h0m0s", 2_592_000_000],
  ["1m30s", 90_000],
  ["1.5h", 5_400_000],
  [".5s", 500],
  ["1.s", 1_000],
  ["250ms", 250],
  ["3us", 0.003],
  ["3µs", 0.003],
  ["3μs", 0.003],
  ["5ns", 0.000005],
  ["+2m", 120_000],
  ["-1m30s", -90_000],
  ["30s1h", 3_630_000],
])("%s, as Go reads it", (text, milliseconds) => {
  expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
});

test.each(["", "1", "1d", "h", "1h ", " 1h", "1 h", "--1h", "1h-30m", ".h", "1e3s", "1,5h", "9999999h"])(
  "%j is none",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);
