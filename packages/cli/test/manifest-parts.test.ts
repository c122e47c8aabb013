import { readManifests } from "@sealwright/core/kubernetes-yaml";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CommandError } from "../src/failure.ts";
import { type ReadPart, readParts, splitParts, splitWhole } from "../src/manifest-parts.ts";
import { encode } from "./script/script.ts";

async function* chunked(text: string, size: number, encoding = "utf-8"): AsyncGenerator<Uint8Array> {
  const bytes = encode(text, encoding);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const line = fc.constantFrom("a: 1", "b: é", "# note", "---", "--- # note", "", '{"c": 2}', "  ", "d: |", "  ---x");

test("however a text comes in, its parts are the documents that reading it at once finds, at the same lines", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom("\n", "\r\n"),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom("utf-8", "utf-8-bom", "utf-16le", "utf-16be"),
      async (lines, end, size, encoding) => {
        const text = lines.join(end);
        const expected = tryRead(text);
        const parts = await collect(readParts(chunked(text, size, encoding), "x")).catch((error: unknown) => error);
        if (expected === null) return void expect(parts).toBeInstanceOf(CommandError);
        expect((parts as ReadPart[]).flatMap(({ documents }) => documents)).toEqual(expected);
      },
    ),
  );
});

test("parts are the text to the character, but for what is blank or comments", async () => {
  const text = "# head\na: 1  # x\n--- # two\r\n# only\n---\n\n--- # three\nb:   2";
  const parts = await collect(splitParts(chunked(text, 3), "x"));
  expect(parts).toEqual([
    { separator: "", text: "# head\na: 1  # x\n", line: 1 },
    { separator: "--- # three\n", text: "b:   2", line: 7 },
  ]);
});

test("an error names the document and the line in the whole text", async () => {
  const reading = collect(readParts(chunked("a: 1\n---\nb: 2\n---\nc: 'x\n", 5), "x"));
  await expect(reading).rejects.toMatchObject({
    failure: { code: "manifest_syntax", source: "x", error: { document: 2, line: 6 } },
  });
});

test("what is not UTF-8 is told, wherever it stands", async () => {
  const bad = Buffer.concat([Buffer.from("a: 1\n---\n"), Buffer.from([0xe9, 0x0a])]);
  const late = (async function* () {
    yield bad.subarray(0, 5);
    yield bad.subarray(5);
  })();
  await expect(collect(splitParts(late, "x"))).rejects.toMatchObject({ failure: { code: "manifest_encoding" } });
});

function tryRead(text: string): unknown[] | null {
  try {
    return readManifests(text);
  } catch {
    return null;
  }
}

test("split as a whole, a text is its parts one after the other, to the byte", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom("\n", "\r\n"),
      fc.constantFrom("", "\ufeff"),
      fc.integer({ min: 2, max: 9 }),
      async (lines, end, mark, size) => {
        const text = mark + lines.join(end);
        const parts = await collect(splitWhole(chunked(text, size), "x"));
        expect(parts.map((part) => part.separator + part.text).join("")).toBe(text);
      },
    ),
  );
});

const WRONGLY_GUESSED = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\nstringData: {c: hunter2}\n";

test.each([
  ["a mark that is cut off", Buffer.from([0xff])],
  ["UTF-8 with a zero byte in second place", Buffer.from(`a\0${WRONGLY_GUESSED}`)],
  ["UTF-8 with a zero byte in first place", Buffer.from(`\0${WRONGLY_GUESSED}`)],
  ["UTF-16 that starts beyond Latin-1", Buffer.from(`# \u65e5\n${WRONGLY_GUESSED}`.slice(2), "utf16le")],
  ["UTF-16 that starts with an ideographic space", Buffer.from(`\u3000\n${WRONGLY_GUESSED}`, "utf16le")],
])("a text whose encoding is guessed wrongly is no manifest, and not changed: %s", async (_title, bytes) => {
  const pieces = async function* () {
    yield bytes;
  };
  const read = await collect(readParts(pieces(), "x")).catch((error: unknown) => error);
  const isManifest = ({ documents }: ReadPart) =>
    documents.some(({ value }) => typeof value === "object" && value !== null && "kind" in value);
  expect(read instanceof CommandError || !(read as ReadPart[]).some(isManifest)).toBe(true);
});
