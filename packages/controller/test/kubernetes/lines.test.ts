import { expect, test } from "vitest";
import { splitLines } from "../../src/kubernetes/lines.ts";

async function linesOf(...chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(streamOf(chunks))) lines.push(line);
  return lines;
}

async function* streamOf(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

test("lines, however the chunks fall", async () => {
  expect(await linesOf("a\nb", "c\n", "d", "e", "\nf\n")).toEqual(["a", "bc", "de", "f"]);
});

test("a character that two chunks share", async () => {
  const bytes = Buffer.from("grün 🔑\n");
  for (let at = 0; at <= bytes.length; at++) {
    expect(await linesOf(bytes.subarray(0, at), bytes.subarray(at))).toEqual(["grün 🔑"]);
  }
});

test("one byte at a time", async () => {
  const bytes = Buffer.from("ä\n€\n");
  expect(await linesOf(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(["ä", "€"]);
});

test("empty lines are passed over, and an unfinished one is dropped", async () => {
  expect(await linesOf("\n\na\n\n", '{"type":"ADD')).toEqual(["a"]);
});

test("a line that never ends is given up before it fills the memory", async () => {
  const chunk = "x".repeat(1024 * 1024);
  const taken: number[] = [];
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      taken.push(chunk.length);
      yield Buffer.from(chunk);
    }
  }
  await expect(splitLines(endless()).next()).rejects.toThrow(RangeError);
  expect(taken).toHaveLength(17);
});

test("a long line is a line, up to the limit", async () => {
  const line = "x".repeat(16 * 1024 * 1024);
  expect(await linesOf(line, "\nb\n")).toEqual([line, "b"]);
});
