import fc from "fast-check";
import { SCALARS, TEXTS } from "./kubernetes-yaml-texts.ts";

const NUMBER_PREFIXES = ["", "0", "0x", "0X", "0b", "0B", "0o", "0O"] as const;
const TAGS = ["!!int ", "!!float ", "!!str ", "!!bool ", "!!null ", "!!timestamp ", "! ", "!x ", "!!x ", "!!binary "];
const LETTERS = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", "-.inf", ".nan"];

const sign = fc.constantFrom("", "+", "-");

function joined(...arbitraries: fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...arbitraries).map((parts) => parts.join(""));
}

function characters(from: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...from), minLength: 1, maxLength });
}

/** Numbers, and what looks like one. */
const number = fc.oneof(
  joined(sign, fc.constantFrom(...NUMBER_PREFIXES), characters("01234567_", 8)),
  joined(sign, fc.constantFrom(...NUMBER_PREFIXES), characters("0123456789abcdefABCDEF_", 24)),
  joined(sign, characters("0123456789", 25), fc.constantFrom("", ".", ".5", ".e", "e"), characters("0123456789+-_", 4)),
  characters("0123456789_.+-eExXobB:aAf", 10),
  joined(fc.constant("."), characters("0123456789_eE+-", 7)),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential()),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }).map(String),
);

const word = fc
  .tuple(fc.constantFrom(...LETTERS), fc.infiniteStream(fc.boolean()))
  .map(([text, upper]) => Array.from(text, (letter) => (upper.next().value ? letter.toUpperCase() : letter)).join(""));

const time = fc
  .tuple(fc.nat(2100), fc.nat(14), fc.nat(33), fc.constantFrom("", "T1:2:3Z", " 1:2:3", "t01:02:03.5+01:00", ":30"))
  .map(([year, month, day, rest]) => `${year}-${month}-${day}${rest}`);

export const generatedScalar: fc.Arbitrary<string> = fc
  .tuple(
    fc.option(fc.constantFrom(...TAGS), { freq: 6, nil: "" }),
    fc.oneof({ weight: 4, arbitrary: number }, word, time, fc.constantFrom(...SCALARS)),
    fc.constantFrom("", "", "", "'", '"'),
  )
  .map(([tag, text, quote]) => (/['"\n]|^[!&]/.test(text) ? text : tag + quote + text + quote));

/** What an edit puts into a text. */
const PIECES: readonly string[] = [
  ..." \t\n:-?[]{},#&*!|>'\"%@`ab01~<=.\\/+_é🔑",
  ...[
    "  ",
    "\n ",
    "\n  ",
    ": ",
    "- ",
    "? ",
    "\n\n",
    "&a ",
    "*a",
    "!!str ",
    "<<: ",
    "|-",
    "|+\n",
    "|1",
    "''",
    "\\n",
    "---\n",
  ],
  ...["...\n", "# ", " #", "{}", "[]", ", ", "null", "\r\n", "\n- ", "!x ", "\n\t", "\n---\n", "yes", "0123"],
];

interface Edit {
  /** From 0 to 1. */
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(2),
  insert: fc.constantFrom("", ...PIECES),
});

/** A text picked by hand with a few characters changed. */
export const generatedText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...TEXTS, ...SCALARS.map((scalar) => `a:\n  b: ${scalar}\nc: d\n`)),
    fc.array(edit, { minLength: 1, maxLength: 4 }),
  )
  .map(([text, edits]) => edits.reduce(edited, text))
  // In a stream that has begun as YAML, Go passes over what follows a JSON object.
  .filter((text) => !/---[\s\S]*\{/.test(text));

function edited(text: string, { at, remove, insert }: Edit): string {
  const index = Math.floor(at * (text.length + 1));
  return text.slice(0, index) + insert + text.slice(index + remove);
}

const LONG = ["a".repeat(200), "a ".repeat(80), "é".repeat(65), "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n"];

/** Strings that a writer must take care of. */
const writtenString = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: fc.constantFrom(...PIECES) }) },
  { weight: 5, arbitrary: fc.constantFrom(...SCALARS) },
  fc.constantFrom(...LONG),
  fc.string({ unit: "binary", maxLength: 3 }),
);

const writtenNumber = fc.oneof(
  fc.integer(),
  // JSON has no negative zero.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.constantFrom(1e20, 1e21, 2 ** 53, 2 ** 63, 2 ** 64, -(2 ** 63), 1234567.5, 1e-7),
);

/** Objects that JSON can hold. */
export const generatedObject: fc.Arbitrary<object> = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(writtenString, writtenNumber, fc.constantFrom(null, true, false)),
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(writtenString, tie("value"), { maxKeys: 5, noNullPrototype: true }),
})).object;

/** Where a line may end within quotes and brackets, and where the next one begins: it need not be indented. */
const lineBreak = fc
  .tuple(fc.constantFrom("\n", "\n", "\n\n", "\r\n", "\n \n"), fc.nat(5))
  .map(([end, depth]) => end + " ".repeat(depth));

const gap = fc.oneof({ weight: 2, arbitrary: fc.constant(" ") }, lineBreak);

const quotedText = fc
  .tuple(
    fc.constantFrom("'", '"'),
    fc.array(fc.constantFrom("a", "b:", "# c", "- d", "[", "}", "-- e", "....", "|", "é"), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.infiniteStream(gap),
  )
  .map(([quote, words, gaps]) => quote + words.map((word) => word + gaps.next().value).join("") + quote);

const plainText = fc.tuple(gap, gap).map(([first, second]) => `p${first}q:r${second}s`);

const bracketed = fc.letrec<{ value: string; sequence: string; mapping: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("a", "1", "b c", "-d"),
    plainText,
    quotedText,
    tie("sequence"),
    tie("mapping"),
  ),
  sequence: fc
    .tuple(fc.array(tie("value"), { maxLength: 3 }), fc.infiniteStream(gap), fc.boolean())
    .map(([items, gaps, hasNote]) => {
      const inside = items.map((item) => gaps.next().value + item).join(`${gaps.next().value},`);
      return `[${hasNote ? " # note\n" : ""}${inside}${gaps.next().value}]`;
    }),
  mapping: fc.tuple(fc.array(tie("value"), { maxLength: 3 }), fc.infiniteStream(gap)).map(([items, gaps]) => {
    const pairs = items.map((item, index) => `${gaps.next().value}k${index}:${gaps.next().value}${item}`);
    return `{${pairs.join(`${gaps.next().value},`)}${gaps.next().value}}`;
  }),
}));

/** Texts whose lines within quotes and brackets are indented at will, and all others as they have to be. */
export const generatedContinuations: fc.Arbitrary<string> = fc
  .tuple(bracketed.value, bracketed.sequence, bracketed.mapping, quotedText)
  .map(([value, sequence, mapping, quoted]) => {
    return `kind: Other\nspec:\n  a: ${value}\n  b:\n    c: ${sequence}\n    d: ${quoted}\n  e:\n  - ${mapping}\n  - ${quoted}\nlast: 1\n`;
  });
