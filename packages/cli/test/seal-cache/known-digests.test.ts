import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownDigests } from "../../src/seal-cache/known-digests.ts";

const DIGESTS = ["a", "b", "c", "d"].map((letter) => letter.repeat(43));
const digest = fc.constantFrom(...DIGESTS);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.nat(9_999), digest).map(([day, known]) => `${day} ${known}`) },
  // What a full disk or another program may leave.
  fc
    .tuple(fc.constantFrom("", "1", " ", "x ", "12345678 ", "7  "), digest, fc.constantFrom("", "a", " ", "\r"))
    .map((parts) => parts.join("")),
);
const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("", "\n")).map(([lines, end]) => {
  return lines.join("\n") + end;
});

test("a text that is searched says the same of each digest as one that was taken apart", () => {
  fc.assert(
    fc.property(text, (written) => {
      const table = new KnownDigests(written).all();
      for (const known of DIGESTS) expect(new KnownDigests(written).dayOf(known)).toBe(table.get(known));
    }),
  );
});

test("the last line with a digest counts, however often it is asked for", () => {
  const [asked = "", other] = DIGESTS;
  const known = new KnownDigests(`10 ${asked}\n11 ${other}\n12 ${asked}\n`);
  const days = Array.from({ length: 40 }, () => known.dayOf(asked));
  expect(new Set(days)).toEqual(new Set([12]));
  expect([...known.all().keys()]).toEqual([other, asked]);
});
