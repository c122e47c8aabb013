import fc from "fast-check";
import { expect, it } from "vitest";
import { allPairs, pairsOf, product } from "./pairwise.ts";

const NAME = fc.stringMatching(/^[a-z]{1,3}$/);
const DIMENSIONS = fc.dictionary(NAME, fc.uniqueArray(NAME, { minLength: 1, maxLength: 4 }), {
  minKeys: 2,
  maxKeys: 4,
});

it("has every pair that a possible row has, in possible rows alone, each of which adds one", () => {
  fc.assert(
    fc.property(DIMENSIONS, fc.constantFrom(/^$/, /a/, /[m-z], .*a/), (dimensions, impossible) => {
      const possible = (row: Readonly<Record<string, string>>) => !impossible.test(Object.values(row).join(", "));
      const rows = allPairs(dimensions, possible);
      expect(rows.every(possible)).toBe(true);
      const pairs = rows.map((row) => new Set(pairsOf(row)));
      expect(union(pairs)).toEqual(union(product(dimensions).filter(possible).map(pairsOf)));
      for (const [index, own] of pairs.entries()) {
        const before = union(pairs.slice(0, index));
        expect([...own].some((pair) => !before.has(pair))).toBe(true);
      }
    }),
  );
});

it("is much less than all of it, and no more than it must be where the two largest dimensions decide", () => {
  const levels = (count: number) => Array.from({ length: count }, (_, index) => String(index));
  const dimensions = { a: levels(9), b: levels(4), c: levels(3), d: levels(2) };
  expect(product(dimensions)).toHaveLength(216);
  expect(allPairs(dimensions)).toHaveLength(36);
});

function union(sets: readonly Iterable<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((each) => [...each]));
}
