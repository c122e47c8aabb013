import { expect, test } from "vitest";
import { Recent } from "../../src/kubernetes/recent.ts";

test("what was asked for lately is the same; what was not for long is made anew", () => {
  const recent = new Recent<{ made: number }>(2);
  let made = 0;
  const make = () => {
    made += 1;
    return { made };
  };
  const ask = (key: string) => recent.get(key, make).made;
  expect(["a", "b", "a", "c", "a", "d", "a", "e", "a"].map(ask)).toEqual([1, 2, 1, 3, 1, 4, 1, 5, 1]);
  expect(ask("b")).toBe(6);
});
