import { expect, test } from "vitest";
import { HeldOutput } from "../src/held-output.ts";

test("what is held is handed over to the character, in pieces, and only when it is asked for", async () => {
  const written: string[] = [];
  const held = new HeldOutput();
  const texts = Array.from({ length: 40 }, (_, index) => `${index}: ${"ä€🔑".repeat(1_500)}\n`);
  for (const text of texts) held.write(text);
  expect(written).toEqual([]);
  await held.writeTo({ write: async (text) => void written.push(text) });
  expect(written.length).toBeGreaterThan(1);
  expect(written.join("")).toBe(texts.join(""));
});
