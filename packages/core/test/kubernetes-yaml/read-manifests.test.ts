import { describe, expect, it } from "vitest";
import { readManifests } from "../../src/kubernetes-yaml/index.ts";

function values(text: string): unknown[] {
  return readManifests(text).map(({ value }) => value);
}

describe("the documents of a YAML text", () => {
  it("stand between lines that start with ---, each with its index and the line where its value starts", () => {
    expect(readManifests("# licence\n---\na: 1\n--- # next\n\n# about b\nb: 2\n---\nc: 3\n")).toEqual([
      { index: 0, line: 3, value: { a: 1 } },
      { index: 1, line: 7, value: { b: 2 } },
      { index: 2, line: 9, value: { c: 3 } },
    ]);
  });

  it.each(["", "\n", "---\n", "---\n---\n# comment\n---", "...\n", "null\n---\n~\n", "\ufeff", "%YAML 1.1\n---\n"])(
    "are none in %j",
    (text) => {
      expect(readManifests(text)).toEqual([]);
    },
  );

  it("may end in ..., start with a byte order mark or %YAML 1.1, and have CRLF at the ends of lines", () => {
    const text = "\ufeff%YAML 1.1\r\n---\r\na: |\r\n  x\r\n  y\r\n...\r\n---\r\nb: 'x\r\n\r\n  y'\r\n";
    expect(readManifests(text)).toEqual([
      { index: 0, line: 3, value: { a: "x\ny\n" } },
      { index: 1, line: 8, value: { b: "x\ny" } },
    ]);
  });

  it("end in a line feed even where the text does not", () => {
    expect(values("a: |\n  x")).toEqual([{ a: "x\n" }]);
  });

  it("may be of any kind: what is no manifest is for others to refuse", () => {
    expect(values("- 1\n---\nx\n---\n{}\n")).toEqual([[1], "x", {}]);
  });
});

describe("JSON", () => {
  it("is read as a stream of objects, whatever the space between them", () => {
    expect(readManifests('{"a":1}{"b":2}\n\n\n {"c":\n3}')).toEqual([
      { index: 0, line: 1, value: { a: 1 } },
      { index: 1, line: 1, value: { b: 2 } },
      { index: 2, line: 4, value: { c: 3 } },
    ]);
  });

  it("may alternate with YAML, also with YAML that starts like JSON", () => {
    const text = '{"a": 1}\n---\nb: 2\n---\n{"c": "\\ud83d\\ude00\\/"}\n{d: 4}\n---\n{e: [5,],}\n';
    expect(values(text)).toEqual([{ a: 1 }, { b: 2 }, { c: "😀/" }, { d: 4 }, { e: [5] }]);
  });

  it("is coerced too: kubeseal reads JSON that does not fit its types a second time, as YAML", () => {
    const text = '{"kind":"Secret","stringData":{"a":1.50,"b":true,"c":9007199254740993,"d":null},"other":1.50}';
    expect(values(text)).toEqual([
      { kind: "Secret", stringData: { a: "1.5", b: "true", c: "9007199254740993", d: "" }, other: 1.5 },
    ]);
  });

  it("makes own properties of every key", () => {
    const [value] = values('{"__proto__": {"polluted": true}, "constructor": 1}');
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("anchors and merges", () => {
  it("repeat a node by its last anchor before the alias, as values that share nothing", () => {
    const [value] = values("a: &x {b: [1]}\nc: *x\nd: &x 2\ne: *x\n") as [Record<string, unknown>];
    expect(value).toEqual({ a: { b: [1] }, c: { b: [1] }, d: 2, e: 2 });
    expect(value["a"]).not.toBe(value["c"]);
  });

  it("are coerced where they are used, not where they stand", () => {
    const text = "kind: Secret\nimmutable: &x yes\nstringData: {a: *x}\nmetadata: {labels: {b: *x}}\n";
    expect(values(text)).toEqual([
      { kind: "Secret", immutable: true, stringData: { a: "true" }, metadata: { labels: { b: "true" } } },
    ]);
  });

  it("merge by position, as go-yaml v2 does: what follows overwrites", () => {
    const anchors = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n";
    const merged = (mapping: string) => values(`${anchors}z: ${mapping}\n`)[0];
    expect(merged("{<<: *x, a: 0}")).toMatchObject({ z: { a: 0, b: 1 } });
    expect(merged("{a: 0, <<: *x}")).toMatchObject({ z: { a: 1, b: 1 } });
    expect(merged("{<<: [*x, *y, {d: 3}]}")).toMatchObject({ z: { a: 1, b: 1, c: 2, d: 3 } });
    expect(merged("{<<: *x, <<: *y}")).toMatchObject({ z: { a: 1, b: 2, c: 2 } });
  });

  it("may give a document its kind", () => {
    expect(values("x: &x {kind: Secret}\n<<: *x\nstringData: {a: yes}\n")).toMatchObject([
      { stringData: { a: "true" } },
    ]);
  });
});

describe("a large text", () => {
  it("may nest a hundred levels", () => {
    expect(() => readManifests("[".repeat(100) + "]".repeat(100))).not.toThrow();
    expect(() => readManifests(`{"a":${"[".repeat(99)}${"]".repeat(99)}}`)).not.toThrow();
  });

  it("may have many documents and many aliases of something small", () => {
    expect(values("---\na: 1\n".repeat(2_000))).toHaveLength(2_000);
    expect(values(`a: &x {b: 1}\nc: [${"*x,".repeat(20_000)}]\n`)).toHaveLength(1);
  });
});
