import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ManifestRewriteError, readManifests, rewriteManifest } from "../../../src/kubernetes-yaml/index.ts";

type Plain = Record<string, unknown>;

function lines(...text: string[]): string {
  return `${text.join("\n")}\n`;
}

/** The text with `a` as it is to be, in its first document or another. */
function withA(text: string, a: unknown, index = 0): string {
  const value = readManifests(text)[index]?.value as Plain;
  return rewriteManifest(text, index, { ...value, a });
}

describe("entries on lines", () => {
  const text = lines("a:", "    # one", "    one: '1' # one's", "", "    two: |", "      2", "    # end", "b: 3");

  test("keep their quotes, block style and comments", () => {
    expect(withA(text, { one: "it's", two: "new" })).toBe(
      lines("a:", "    # one", "    one: 'it''s' # one's", "", "    two: |-", "      new", "    # end", "b: 3"),
    );
    expect(withA(text, { one: "1", two: "new\n" })).toBe(text.replace("      2", "      new"));
  });

  test("keep their tags, unless these would make another value of theirs", () => {
    const tagged = lines("a:", "  b: !!str 1", "  c: !!str 2 # c");
    expect(withA(tagged, { b: "1", c: "new" })).toBe(tagged.replace("2 #", "new #"));
    expect(withA(lines("a:", "  b: !!binary Yg== # b", "  c: 'c'"), { b: "new", c: "c" })).toBe(
      lines("a:", "  b: new # b", "  c: 'c'"),
    );
  });

  test("come after the last one, and look like it", () => {
    expect(withA(text, { one: "1", two: "2\n", three: "yes", four: { five: ["6"] } })).toBe(
      text.replace("    # end", lines('    three: "yes"', "    four:", '        five: ["6"]', "    # end").trimEnd()),
    );
    expect(withA(lines("a:", '  "one": "1"'), { one: "1", two: "2" })).toBe(
      lines("a:", '  "one": "1"', '  "two": "2"'),
    );
  });

  test("leave the comments above them when they go", () => {
    expect(withA(text, { two: "2\n" })).toBe(
      lines("a:", "    # one", "", "    two: |", "      2", "    # end", "b: 3"),
    );
    expect(withA(text, {})).toBe(lines("a: {}", "    # one", "", "    # end", "b: 3"));
  });

  test("get another name in their place", () => {
    expect(withA(text, { uno: "1", two: "2\n" })).toBe(text.replace("    one:", "    uno:"));
    expect(withA(lines("a:", "  'one': 1"), { yes: 1 })).toBe(lines("a:", "  'yes': 1"));
    expect(withA(lines("a:", "  one: 1"), { yes: 1 })).toBe(lines("a:", '  "yes": 1'));
  });

  test("that share a line with a dash let the next one move there", () => {
    const list = lines("a:", "- b: 1", "  c: 2", "-   d: 3");
    expect(withA(list, [{ c: 2 }, { d: 3, e: 4 }])).toBe(lines("a:", "- c: 2", "-   d: 3", "    e: 4"));
  });

  test.each([
    ["a:\nb: 1\n", "a:\n  c: d\nb: 1\n"],
    ["a: # none\nb: 1\n", "a: # none\n  c: d\nb: 1\n"],
    ["a: {} # none\nb: 1\n", "a: # none\n  c: d\nb: 1\n"],
    ["a: ~\nb: {d:    {}}\n", "a:\n  c: d\nb: {d:    {}}\n"],
    ["b: &b {x: 1}\na: *b", "b: &b {x: 1}\na:\n  c: d"],
  ])("find a place below %j", (before, after) => {
    expect(withA(before, { c: "d" })).toBe(after);
  });
});

describe("entries between brackets", () => {
  test("stay between them", () => {
    expect(withA('{"a":{"b":"1","c":"2"}}', { b: "1", c: "3", d: "4" })).toBe('{"a":{"b":"1","c":"3","d":"4"}}');
    expect(withA("a: {b: 1, c: '2',} # x\n", { c: "3", d: "4,5" })).toBe("a: {c: '3', d: '4,5',} # x\n");
    expect(withA("a: {b: 1, c}\n", { b: 1, c: "2" })).toBe('a: {b: 1, c: "2"}\n');
    expect(withA("a: [ {b: 1}, { c: 2 } ]\n", [{}, { d: 2 }])).toBe("a: [ {}, { d: 2 } ]\n");
  });

  test("have lines of their own where the others have", () => {
    const text = lines("a: {", "  b: 1, # b", "  # c", "  c: 2 }");
    expect(withA(text, { b: 1, c: 2, d: 3 })).toBe(lines("a: {", "  b: 1, # b", "  # c", "  c: 2,", "  d: 3 }"));
    expect(withA(text, { c: 2 })).toBe(lines("a: {", "  # c", "  c: 2 }"));
    const json = '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": 2\n\t}\n}';
    expect(withA(json, { b: 1 })).toBe('{\n\t"a": {\n\t\t"b": 1\n\t}\n}');
    expect(rewriteManifest(json, 0, { a: { b: 1, c: 2 }, d: { e: {} } })).toBe(
      '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": 2\n\t},\n\t"d": {\n\t\t"e": {}\n\t}\n}',
    );
  });

  test("need no indentation, and keep what they have", () => {
    const text = lines("a: {b: 'x", "y', # b", "c: 2", "}", "d: [1,", "2]");
    expect(withA(text, { b: "new", c: 2, e: 3 })).toBe(
      lines("a: {b: 'new', # b", "c: 2,", "e: 3", "}", "d: [1,", "2]"),
    );
  });
});

describe("what is shared by anchors, aliases and merges", () => {
  test("stays as it was where it was not to change", () => {
    const text = lines("a:", "  b: &x '1' # b", "  c: *x", "  d: *x");
    expect(withA(text, { b: "2", c: "1", d: "1" })).toBe(lines("a:", "  b: '2' # b", "  c: &x '1'", "  d: *x"));
    expect(withA(text, { c: "1", d: "1" })).toBe(lines("a:", "  c: &x '1'", "  d: *x"));
    expect(withA(text, { b: "1", c: "2", d: "1" })).toBe(text.replace("c: *x", 'c: "2"'));
    const whole = lines("a: &x", "  b: 1", "c: {d: *x}", "e: *x");
    expect(withA(whole, { b: 2 })).toBe(lines("a: &x", "  b: 2", 'c: {d: {"b": 1}}', "e:", "  b: 1"));
  });

  test("is overridden where it was merged, and written out where a part of it goes", () => {
    const text = lines("x: &x", "  b: 1", "  c: 2", "a:", "  <<: *x # x", "  d: 3");
    expect(withA(text, { b: 4, c: 2, d: 3 })).toBe(`${text}  b: 4\n`);
    expect(withA(text, { c: 2, d: 3 })).toBe(lines("x: &x", "  b: 1", "  c: 2", "a:", "  d: 3", "  c: 2"));
  });
});

describe("documents", () => {
  const text = "# head\n---\n# one\na: 1\n---\n# two\na: 1\n...\n# tail\n--- # last\na: 1";

  test("beside the one that changes stay as they are", () => {
    expect(withA(text, 2, 1)).toBe(text.replace("# two\na: 1", "# two\na: 2"));
    expect(withA(text, 2, 2)).toBe(text.replace("# last\na: 1", "# last\na: 2"));
    expect(withA('{"a":1} {"a":1}\n---\na: 1\n', 2, 1)).toBe('{"a":1} {"a":2}\n---\na: 1\n');
  });

  test("that say what they should already are not touched", () => {
    expect(withA(text, 1)).toBe(text);
  });

  test("keep the line ends that are around", () => {
    expect(withA("\ufeffa:\r\n  b: 1\r\n  c: 2", { b: 1, c: 2, d: 3 })).toBe("\ufeffa:\r\n  b: 1\r\n  c: 2\r\n  d: 3");
    const mixed = "a:\n  b: 1\r\n  c: 2\nd: 3\r\n";
    expect(withA(mixed, { b: 2, c: 2, e: 3 })).toBe("a:\n  b: 2\r\n  c: 2\n  e: 3\nd: 3\r\n");
  });
});

describe("a text that leaves no place for the change", () => {
  test("is refused", () => {
    const text = lines("a:", "- b", "- !!binary &x Yg==", "c: *x");
    expect(() => withA(text, ["b", "d"])).toThrow(ManifestRewriteError);
  });

  test("has the document that is asked for, or that is a mistake of the caller", () => {
    expect(() => rewriteManifest("a: 1\n", 1, {})).toThrow(RangeError);
  });
});

describe("whatever is done to whatever text", () => {
  const PIECES = [
    ..." \n:-?[]{},#&*!|>'\"ab1~<",
    "\n  ",
    ": ",
    "- ",
    "? ",
    "&x ",
    "*x",
    "!!str ",
    "<<: *x",
    "|-\n",
    "# c",
  ];
  const TEXTS = [
    "a:\n  b: &x 1\n  c: 'two'\nd: [e, {f: g}]\n",
    '{"a": {"b": "1",\n "c": [1, {"d": 2}]}}\n---\na: {b: 1, # c\n c: 2}\n',
    "x: &x\n  b: 1\na:\n  <<: *x\n  ? c\n  : |\n    d\n\n  e:\n",
  ];
  const mutation = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), insert: fc.constantFrom(...PIECES) });
  const text = fc.tuple(fc.constantFrom(...TEXTS), fc.array(mutation, { maxLength: 3 })).map(([base, mutations]) =>
    mutations.reduce((known, { at, insert }) => {
      const index = Math.floor(at * known.length);
      return known.slice(0, index) + insert + known.slice(index + (insert.length % 2));
    }, base),
  );
  const leaf = fc.constantFrom<unknown>("1", "two", 3, null, "yes", "x: y", { b: "1" }, [], {});
  const after = fc.dictionary(fc.constantFrom("b", "c", "e", "new", "y"), leaf, { noNullPrototype: true });

  test("the new text says it, or the change is refused", () => {
    fc.assert(
      fc.property(text, after, (given, a) => {
        const documents = readable(given);
        for (const [index, value] of documents.entries()) {
          if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
          const wanted = documents.with(index, { ...value, a });
          try {
            expect(readable(rewriteManifest(given, index, wanted[index]))).toEqual(wanted);
          } catch (error) {
            if (!(error instanceof ManifestRewriteError)) throw error;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function readable(text: string): unknown[] {
  try {
    return readManifests(text).map(({ value }) => value);
  } catch {
    return [];
  }
}
