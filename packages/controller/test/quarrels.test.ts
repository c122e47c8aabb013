import { expect, test } from "vitest";
import { Quarrels } from "../src/quarrels.ts";

test("the first repairs happen at once, further ones of the same quarrel ever later, up to five minutes", () => {
  const quarrels = new Quarrels(() => 0);
  const pauses = Array.from({ length: 14 }, () => quarrels.pauseBefore("a"));
  expect(pauses.slice(0, 6)).toEqual([0, 0, 0, 1_000, 2_000, 4_000]);
  expect(pauses.at(-1)).toBe(300_000);
  expect(quarrels.pauseBefore("b")).toBe(0);
});

test("a quiet minute ends the quarrel", () => {
  let now = 0;
  const quarrels = new Quarrels(() => now);
  for (let repair = 0; repair < 5; repair += 1) quarrels.pauseBefore("a");
  now = 59_000;
  expect(quarrels.pauseBefore("a")).toBeGreaterThan(0);
  now += 65_000;
  expect(quarrels.pauseBefore("a")).toBe(0);
});

test("it ends with its object", () => {
  const quarrels = new Quarrels(() => 0);
  for (let repair = 0; repair < 5; repair += 1) quarrels.pauseBefore("a");
  quarrels.forget("a");
  expect(quarrels.pauseBefore("a")).toBe(0);
});
