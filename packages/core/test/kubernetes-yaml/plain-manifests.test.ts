import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManifestSyntaxError } from "../../src/kubernetes-yaml/index.ts";
import { readPlainManifests } from "../../src/kubernetes-yaml/plain-manifests.ts";
import { type ManifestDocument, readAnyManifests } from "../../src/kubernetes-yaml/read-manifests.ts";

/** What a value or key may be made of; most of it means something to YAML. */
const PIECES = [
  ...Array.from("ab0179._-:#?&*!|>'\"%@`{}[],=~<\\/+ "),
  ...[
    "- ",
    ": ",
    " #",
    "? ",
    "''",
    '""',
    "\\n",
    "null",
    "yes",
    "0x1f",
    "017",
    "1e3",
    ".inf",
    "1_000",
    "12:30",
    "<<",
    "---",
  ],
];
const SCALARS = [
  "x",
  "user-1",
  '"a b"',
  "'a b'",
  "null",
  "~",
  "true",
  "12",
  "a: b",
  "a #b",
  "{}",
  "[]",
  "|+",
  "|2",
  ">",
  "...",
];
const KEYS = [
  "a",
  "b",
  "c",
  "kind",
  "data",
  "stringData",
  "metadata",
  "labels",
  "name",
  ".a",
  "a.b/c",
  "1",
  "01",
  "yes",
  "1.0",
];
/** What an edit puts into a text. */
const INSERTED = [
  ...PIECES,
  "\n",
  "\n ",
  "\n  ",
  "\n\n",
  "\t",
  "\r\n",
  "\u2028",
  "é",
  "\n---\n",
  "\n...\n",
  "\n# c\n",
  " # c\n",
];

const scalar = fc.oneof(
  fc.constantFrom("x", "user-1", "https://a.b/c?d=e", "7"),
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")),
  fc.constantFrom(...SCALARS),
);
/** A mapping or list between brackets, or what only looks like one. */
const { flow } = fc.letrec<{ flow: string; item: string }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small" },
    { weight: 4, arbitrary: scalar },
    fc.constantFrom("a, b", "a:", ""),
    tie("flow"),
  ),
  flow: fc
    .tuple(
      fc.constantFrom("{}", "[]"),
      fc.constantFrom(",", ", ", " , "),
      fc.array(
        fc.tuple(fc.constantFrom(...KEYS, '"a b"', "'yes'", "<<"), fc.constantFrom(": ", ": ", ":"), tie("item")),
        {
          maxLength: 3,
        },
      ),
    )
    .map(([[open, close], comma, entries]) => {
      const items = entries.map(([key, colon, value]) => (open === "{" ? key + colon + value : value));
      return `${open}${items.join(comma)}${close}`;
    }),
}));
const literal = fc
  .tuple(
    fc.constantFrom("|", "|-"),
    fc.array(fc.oneof(scalar, fc.constantFrom("", "# c", "  x")), { minLength: 1, maxLength: 4 }),
  )
  .map(([header, lines]) => ({ header, lines }));

type Node = string | { readonly header: string; readonly lines: readonly string[] } | readonly Entry[] | Items;
type Entry = readonly [key: string, value: Node];
/** A list, and what stands between the margin of its key and each dash, and between the dash and the item. */
interface Items {
  readonly items: readonly Node[];
  readonly before: string;
  readonly after: string;
}

const { mapping } = fc.letrec<{ mapping: readonly Entry[]; node: Node; sequence: Items }>((tie) => ({
  sequence: fc.record({
    items: fc.array(tie("node"), { minLength: 1, maxLength: 3 }),
    before: fc.constantFrom("", "", "  "),
    after: fc.constantFrom(" ", " ", "   "),
  }),
  mapping: fc.uniqueArray(fc.tuple(fc.constantFrom(...KEYS), tie("node")), { maxLength: 4, selector: ([key]) => key }),
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: flow },
    literal,
    tie("mapping"),
    { weight: 2, arbitrary: tie("sequence") },
  ),
}));

/** A text of mappings, with a few characters changed now and then. */
const text = fc
  .tuple(
    fc.array(mapping, { minLength: 1, maxLength: 2 }),
    fc.constantFrom(" ", "  ", "    "),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2), fc.constantFrom("", ...INSERTED)), {
      maxLength: 2,
    }),
  )
  .map(([documents, step, edits]) =>
    edits.reduce(
      (text, [at, removed, inserted]) => {
        const index = Math.floor(at * (text.length + 1));
        return text.slice(0, index) + inserted + text.slice(index + removed);
      },
      documents.map((entries) => rendered(entries, "", step)).join("---\n"),
    ),
  );

function rendered(entries: readonly Entry[], margin: string, step: string): string {
  return entries.map(([key, value]) => `${margin}${key}:${renderedValue(value, margin, step)}`).join("");
}

function renderedValue(value: Node, margin: string, step: string): string {
  if (typeof value === "string") return ` ${value}\n`;
  if ("items" in value) return `\n${renderedItems(value, margin, step)}`;
  if (!("header" in value)) return `\n${rendered(value, margin + step, step)}`;
  return ` ${value.header}\n${value.lines.map((line) => (line === "" ? "\n" : `${margin}${step}${line}\n`)).join("")}`;
}

/** A mapping within begins on the line of its dash. */
function renderedItems({ items, before, after }: Items, margin: string, step: string): string {
  const dash = `${margin}${before}-`;
  const inside = " ".repeat(dash.length + after.length);
  const lines = items.map((item) => {
    if (!Array.isArray(item)) return `${dash}${renderedValue(item, margin + before, step)}`;
    return item.length === 0 ? `${dash} {}\n` : dash + after + rendered(item, inside, step).trimStart();
  });
  return lines.join("");
}

const PLAIN = `# A Secret.
apiVersion: v1
kind: Secret
metadata:
  name: a
  labels:
      app.kubernetes.io/name: "a: b # c"
      quoted: 'yes'
  # Nothing special.
  namespace: b

stringData:
  user: me & you
  url: https://host:8443/#/path?a=b
  port: 017
  on: 1e3
  tls.crt: |
    -----BEGIN-----
      MIIB # no comment

    -----END-----

  stripped: |-
    a
type: Opaque
---
{"apiVersion": "v1", "kind": "Secret", "data": null}
---
# nothing
`;

describe("a plain manifest", () => {
  it("is read without the library", () => {
    expect(readPlainManifests(PLAIN)).toEqual(readAnyManifests(PLAIN));
    expect(readPlainManifests(PLAIN)).toMatchObject([
      {
        line: 2,
        value: {
          metadata: { name: "a", labels: { "app.kubernetes.io/name": "a: b # c", quoted: "yes" }, namespace: "b" },
          stringData: {
            port: "15",
            true: "1000",
            "tls.crt": "-----BEGIN-----\n  MIIB # no comment\n\n-----END-----\n",
            stripped: "a",
          },
        },
      },
      { line: 27 },
    ]);
  });

  it("may have mappings and lists between brackets", () => {
    const text = `apiVersion: v1
kind: Secret
metadata: {name: a, labels: { app.kubernetes.io/name: 017, "quoted": 'yes', on: -1 x }, finalizers: [a, "b, c", 2], annotations: {}}
stringData: {password: a#b%c&d, empty: "", none: ~}
`;
    expect(readPlainManifests(text)).toEqual(readAnyManifests(text));
    expect(readPlainManifests(text)).toMatchObject([
      {
        value: {
          metadata: {
            name: "a",
            labels: { "app.kubernetes.io/name": "15", quoted: "yes", true: "-1 x" },
            finalizers: ["a", "b, c", "2"],
            annotations: {},
          },
          stringData: { password: "a#b%c&d", empty: "", none: "" },
        },
      },
    ]);
  });

  it("may have lists, as a kubeconfig does", () => {
    const text = `clusters:
- cluster:
    server: https://a.example:6443
    extensions:
    - extension: {provider: b}
      name: c
  name: d
# Nobody else.
users:
  -   name: e
      user:
        exec:
          args:
          - get-token
          - --cluster=d
          - 'on'
          - |
            text
          env: null
current-context: f
`;
    expect(readPlainManifests(text)).toEqual(readAnyManifests(text));
    const exec = { args: ["get-token", "--cluster=d", "on", "text\n"], env: null };
    const cluster = { server: "https://a.example:6443", extensions: [{ extension: { provider: "b" }, name: "c" }] };
    expect(readPlainManifests(text)).toMatchObject([
      {
        line: 1,
        value: {
          clusters: [{ cluster, name: "d" }],
          users: [{ name: "e", user: { exec } }],
          "current-context": "f",
        },
      },
    ]);
  });

  it("with CRLF means the same", () => {
    expect(readPlainManifests(PLAIN.replaceAll("\n", "\r\n"))).toEqual(readPlainManifests(PLAIN));
  });

  it.each([
    ["an anchor", "a: &b c\n"],
    ["an alias", "a: *b\n"],
    ["a tag", "a: !!str 1\n"],
    ["a merge", "<<: {a: b}\n"],
    ["a merge between brackets", "a: {<<: {a: b}}\n"],
    ["a list around everything", "- a\n"],
    ["a list of lists", "a:\n- - b\n"],
    ["an item below its dash", "a:\n-\n  b\n"],
    ["an item on two lines", "a:\n- b\n  c\n"],
    ["a dash in a second line", "a: b\n- c\n"],
    ["a dash in the second line of an item", "a:\n- b\n  - c\n"],
    ["a list whose dashes are not in line", "a:\n  - b\n - c\n"],
    ["an entry less indented than its list", "a:\n  b:\n  - c\n d: e\n"],
    ["a key twice in an item", "a:\n- b: 1\n  b: 2\n"],
    [
      "more levels than anyone writes",
      `a:\n${Array.from({ length: 10 }, (_, level) => `${"  ".repeat(level)}- a:\n`).join("")}`,
    ],
    ["brackets that never close", "a: {b: c\n"],
    ["brackets over two lines", "a: {b: c,\n  d: e}\n"],
    ["something after brackets", "a: {b: c} d\n"],
    ["a comma at the end", "a: [b,]\n"],
    ["a key without a value", "a: {b}\n"],
    ["a colon between brackets", "a: {b: c:d}\n"],
    ["a pair in a list", "a: [b: c]\n"],
    ["an escape between brackets", 'a: {b: "\\n"}\n'],
    ["an anchor between brackets", "a: [&b c]\n"],
    ["a key twice between brackets", "a: {true: b, yes: c}\n"],
    ["more brackets than anyone writes", `a: ${"[".repeat(20)}${"]".repeat(20)}\n`],
    ["an escape", 'a: "\\n"\n'],
    ["a value on two lines", "a: b\n  c\n"],
    ["a folded block", "a: >\n  b\n"],
    ["a block that tells its indentation", "a: |2\n  b\n"],
    ["a comment after a value", "a: b # c\n"],
    ["a directive", "%YAML 1.1\n---\na: b\n"],
    ["the end of a document", "a: b\n...\n"],
    ["a tab", "a:\tb\n"],
    ["what is not ASCII", "a: é\n"],
    ["a key twice", "a: b\na: c\n"],
    ["wrong indentation", "a:\n    b: c\n  d: e\n"],
    ["what is no number in JSON", "a: .inf\n"],
    ["JSON and YAML in one document", '{"a": 1}\nb: c\n'],
  ])("does not have %s", (_what, text) => {
    expect(readPlainManifests(text)).toBeNull();
  });

  it("is what any other reader finds, whatever the text", () => {
    let plain = 0;
    fc.assert(
      fc.property(text, (text) => {
        const documents = readPlainManifests(text);
        if (documents === null) return;
        plain += text.trim() === "" ? 0 : 1;
        expect(documents).toEqual(reference(text));
      }),
      { numRuns: 20_000 },
    );
    expect(plain).toBeGreaterThan(2_000);
  });

  it("takes time in proportion to its length", () => {
    const blank = `a: |\n  b\n${"\n".repeat(200_000)}  c\n`;
    const spaces = `a: |\n  b\n${" ".repeat(200_000)}c\n`;
    const colons = `a: ${"b:".repeat(100_000)}c\n`;
    const words = `a: [${"b ".repeat(100_000)}]\n`;
    const gap = `a: [b${" ".repeat(200_000)}]\n`;
    const items = `a:\n${"- b\n".repeat(100_000)}`;
    const texts = [blank, spaces, colons, words, gap, items];
    expect(texts.map((text) => readPlainManifests(text)?.length)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

function reference(text: string): readonly ManifestDocument[] | string {
  try {
    return readAnyManifests(text);
  } catch (error) {
    if (error instanceof ManifestSyntaxError) return error.message;
    throw error;
  }
}
