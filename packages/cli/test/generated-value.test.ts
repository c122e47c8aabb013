import { describe, expect, test } from "vitest";
import { generateValue, readGenerator } from "../src/values/generated-value.ts";

describe("a value that is made up", () => {
  test.each([
    ["password", /^[A-Za-z0-9]{32}$/],
    ["password:8", /^[A-Za-z0-9]{8}$/],
    ["token:64:hex", /^[0-9a-f]{64}$/],
    ["pin:6:digits", /^[0-9]{6}$/],
    ["a.b:1:letters", /^[A-Za-z]$/],
    ["key:43:base64url", /^[A-Za-z0-9_-]{43}$/],
    ["any:65536:ascii", /^[!-~]{65536}$/],
  ])("%s", (text, form) => {
    const generator = readGenerator(text);
    expect(generator.item).toBe(text.split(":")[0]);
    expect(Buffer.from(generateValue(generator)).toString()).toMatch(form);
  });

  test("has every character as often as any other, as far as chance goes", () => {
    const { characters } = readGenerator("any:1");
    const draws = 62 * 2_000;
    const counts = new Map<number, number>();
    for (let left = draws; left > 0; left -= 62_000) {
      for (const byte of generateValue({ length: 62_000, characters })) counts.set(byte, (counts.get(byte) ?? 0) + 1);
    }
    const expected = draws / 62;
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(62);
    // Of 61 degrees of freedom, once in a million runs.
    expect(chiSquared).toBeLessThan(126);
  });

  test.each(["", ":8", "a:", "a:0", "a:-1", "a:1.5", "a:65537", "a:8:", "a:8:HEX", "a:8:hex:x", "a::hex"])(
    "%j is refused",
    (text) => {
      expect(() => readGenerator(text)).toThrow(
        expect.objectContaining({ failure: { code: "items", problem: { code: "generator_invalid", text } } }),
      );
    },
  );
});
