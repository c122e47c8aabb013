import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readManifests, writeManifest } from "../../src/kubernetes-yaml/index.ts";

function lines(...text: string[]): string {
  return `${text.join("\n")}\n`;
}

describe("a manifest written as YAML", () => {
  it("looks as sigs.k8s.io/yaml prints it, with its keys as they were given", () => {
    const manifest = {
      kind: "SealedSecret",
      apiVersion: "bitnami.com/v1alpha1",
      metadata: { name: "a", annotations: {}, finalizers: [], creationTimestamp: null, labels: undefined },
      spec: { list: ["a", { b: 1, c: [true, [2, 3]] }, [{ d: null }]], text: "first\n  second\n" },
    };
    expect(writeManifest(manifest, "yaml")).toBe(
      lines(
        "kind: SealedSecret",
        "apiVersion: bitnami.com/v1alpha1",
        "metadata:",
        "  name: a",
        "  annotations: {}",
        "  finalizers: []",
        "  creationTimestamp: null",
        "spec:",
        "  list:",
        "  - a",
        "  - b: 1",
        "    c:",
        "    - true",
        "    - - 2",
        "      - 3",
        "  - - d: null",
        "  text: |",
        "    first",
        "      second",
      ),
    );
  });

  it("has its keys sorted as Go does where that is asked for: letters last, digits by their number", () => {
    const keys = {
      b10: 1,
      b9: 1,
      b100: 1,
      b12: 1,
      B: 1,
      "b-1": 1,
      b01: 1,
      b1: 1,
      "1": 1,
      _: 1,
      ü: 1,
      b: { z: 1, a: 1 },
    };
    const sorted = ["_", "1", "B", "b", "b-1", "b1", "b01", "b9", "b10", "b12", "b100", "ü"];
    const text = writeManifest(keys, "yaml", { sortKeys: true });
    expect(Array.from(text.matchAll(/^"?([^ ":]+)"?:/gm), ([, key]) => key)).toEqual(sorted);
    expect(text).toContain("  a: 1\n  z: 1\n");
  });

  it.each([
    ["", '""'],
    ["plain text", "plain text"],
    ["yes", '"yes"'],
    ["y", '"y"'],
    ["null", '"null"'],
    ["~", '"~"'],
    ["0123", '"0123"'],
    ["1e3", '"1e3"'],
    ["0o17", '"0o17"'],
    ["12:30", '"12:30"'],
    ["2020-01-02", '"2020-01-02"'],
    ["=", '"="'],
    ["<<", '"<<"'],
    ["- a", "'- a'"],
    ["-a", "-a"],
    ["a: b", "'a: b'"],
    ["a:b", "a:b"],
    ["a #b", "'a #b'"],
    ["it's", "it's"],
    ["'it's", "'''it''s'"],
    ["{a}", "'{a}'"],
    ["@a", "'@a'"],
    [" a ", "' a '"],
    ["---", "'---'"],
    ["a\tb", '"a\\tb"'],
    ["a\\b", "a\\b"],
    ["a\u2028\u0085\ufeff\u0000", '"a\\L\\N\\uFEFF\\0"'],
    ["🔑é", '"\\U0001F511é"'],
    ["a\nb", "|-\n  a\n  b"],
    ["a\nb\n", "|\n  a\n  b"],
    ["a\n\n", "|+\n  a\n"],
    [" a\nb\n", "|2\n   a\n  b"],
    ["a \nb\n", '"a \\nb\\n"'],
    ["-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n", "|\n  -----BEGIN KEY-----\n  AAAA\n  -----END KEY-----"],
  ])("writes %j as %s", (value, text) => {
    expect(writeManifest({ item: value }, "yaml")).toBe(`item: ${text}\n`);
  });

  it.each([
    [-0, "0"],
    [1.5, "1.5"],
    [2 ** 64 - 2 ** 11, "18446744073709549568"],
    [1e20, "1e+20"],
    [1234567.5, "1.2345675e+06"],
  ])("writes %d as %s", (value, text) => {
    expect(writeManifest([value], "yaml")).toBe(`- ${text}\n`);
  });

  it("breaks lines at spaces beyond the 80th column", () => {
    const long = `${"a".repeat(79)} b  c `;
    expect(writeManifest({ k: `${long}d` }, "yaml")).toBe(lines(`k: ${"a".repeat(79)}`, "  b  c d"));
    expect(writeManifest({ k: `${long}\t` }, "yaml")).toBe(lines(`k: "${"a".repeat(79)}`, '  b  c \\t"'));
  });

  it("sets a key apart that is long or has lines", () => {
    const long = "k".repeat(129);
    expect(writeManifest({ [long]: { a: 1, b: 2 }, "a\nb": [1] }, "yaml")).toBe(
      lines(`? ${long}`, ": a: 1", "  b: 2", "? |-", "  a", "  b", ": - 1"),
    );
  });
});

describe("a manifest written as JSON", () => {
  it("is indented by two spaces, with its keys as they were given or sorted", () => {
    const manifest = { kind: "Secret", a: [1, {}, []], b: undefined };
    expect(writeManifest(manifest, "json")).toBe(`${JSON.stringify(manifest, null, 2)}\n`);
    expect(writeManifest({ b: 1, "-": 2, "1": 3 }, "json", { sortKeys: true })).toBe(
      '{\n  "-": 2,\n  "1": 3,\n  "b": 1\n}\n',
    );
  });

  it("can stand in a YAML text", () => {
    const value = { a: "\u007f\u0085\u2028\ufeff" };
    expect(writeManifest(value, "json")).toBe('{\n  "a": "\\u007f\\u0085\\u2028\\ufeff"\n}\n');
  });
});

describe("a manifest written", () => {
  it.each(["yaml", "json"] as const)("reads back from %s as it was", (format) => {
    const string = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom(...(" \n\t:-#?'\"\\ab01,[]{}&*!|>%@`.~_=<é🔑\u2028\u0085".match(/./gsu) ?? [])),
      }),
      fc.constantFrom("yes", "0123", "~", "<<", "__proto__", "1e3"),
    );
    // JSON has no negative zero.
    const finite = fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: "small" }, tie("leaf"), tie("list"), tie("object")),
      leaf: fc.oneof(string, fc.constantFrom(null, true, false), fc.integer(), finite),
      list: fc.array(tie("tree")),
      object: fc.dictionary(string, tie("tree")),
    }));
    fc.assert(
      fc.property(tree, fc.boolean(), (value, sortKeys) => {
        const [document] = readManifests(writeManifest({ value }, format, { sortKeys }));
        expect(document?.value).toEqual({ value });
      }),
      { numRuns: 200 },
    );
  });

  it.each([[Number.NaN], ["\ud800"], [{ "\ud800": 1 }], [() => 1], [1n], [undefined]])("cannot hold %s", (value) => {
    expect(() => writeManifest(value, "yaml")).toThrow(TypeError);
  });
});
