import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineEditor, type LineEvent } from "../../src/terminal/line-editor.ts";

function typed(...chunks: readonly string[]): LineEvent | undefined {
  const editor = new LineEditor();
  for (const [index, chunk] of chunks.entries()) {
    const end = editor.feed(chunk).find(({ event }) => event !== "echo");
    if (end === undefined) continue;
    const left = chunks.slice(index + 1).join("");
    // A line feed that comes later belongs to a carriage return all the same: a terminal sends one of them only.
    return end.event === "echo" ? end : { ...end, rest: end.rest + left };
  }
  return undefined;
}

const PIECES = [
  "a",
  "é",
  "🔑",
  "👩‍👩‍👧",
  "e\u0301",
  " ",
  "\t",
  "\x7f",
  "\x15",
  "\x17",
  "\x04",
  "\x1b[A",
  "\x1b[3~",
  "\x1bOP",
  "\x1bx",
  "\x01",
];
const PASTES = ["\x1b[200~one\x1b[201~", "\x1b[200~one\rtwo\x1b[3~\r\x1b[201~"];

const chunks = fc
  .tuple(fc.array(fc.constantFrom(...PIECES, ...PASTES), { maxLength: 12 }), fc.array(fc.nat(60), { maxLength: 6 }))
  .map(([pieces, cuts]) => {
    const text = `${pieces.join("")}\r`;
    const places = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length];
    return places.slice(1).map((end, index) => text.slice(places[index], end));
  });

describe("a line", () => {
  test("is the same however the terminal cuts what it sends", () => {
    fc.assert(
      fc.property(chunks, (parts) => {
        // A decoder hands over whole characters.
        fc.pre(parts.every((part) => part.isWellFormed()));
        expect(typed(...parts)).toEqual(typed(parts.join("")));
      }),
    );
  });

  test.each([
    ["ab\x7fc\r", "ac"],
    ["a👩‍👩‍👧\x7fb\r", "ab"],
    ["one two \x17three\r", "one three"],
    ["one\x15two\r", "two"],
    ["\x7f\x7fa\r", "a"],
    ["a\x1b[1;5Db\x1b[Ac\n", "abc"],
    ["a\x04\r", "a"],
    ["\x1b[200~one\r\ntwo\rthree\n\x1b[201~\r", "one\ntwo\nthree\n"],
    ["\x1b[200~one\n\x1b[201~\r", "one"],
    ["\x1b[200~\x03\x1b[C\x1b[201~\r", "\x03\x1b[C"],
    ["\x1b[200~\n\x1b[201~\r", ""],
  ])("%j", (keys, line) => {
    expect(typed(keys)).toMatchObject({ event: "line", line });
  });

  test("hands over what comes after it", () => {
    expect(typed("one\rtwo\r")).toEqual({ event: "line", line: "one", rest: "two\r" });
    expect(typed("one\r\n")).toEqual({ event: "line", line: "one", rest: "" });
    expect(typed("one\x03two")).toEqual({ event: "interrupt", rest: "two" });
    expect(typed("\x04")).toEqual({ event: "end", rest: "" });
  });

  test("is shown as wide as it is, and taken back as wide", () => {
    const shown = new LineEditor()
      .feed("a漢\x7f\x7f\t\x01")
      .map((event) => (event.event === "echo" ? event.text : event));
    expect(shown).toEqual(["a", "漢", "\b \b\b \b", "\b \b", " "]);
  });
});
