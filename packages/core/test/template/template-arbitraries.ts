import fc from "fast-check";
import type { TemplateQuestion } from "../../../../test/peers/template-oracle/ask-oracle.ts";
import { ITEMS } from "./function-examples.ts";
import { SIGNATURES, type Signature } from "./function-signatures.ts";

/** In Go's notation for a string. */
const literal = (text: string) => JSON.stringify(text);
const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);

/** Values without a call in them, by type. */
const LEAVES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  string: fc.oneof(
    oneOf(
      ...[...ITEMS.keys()]
        .filter((name) => name !== "tls.crt")
        .flatMap((name) => [`$.${name}`, `$.${name}`, `.${name}`]),
    ),
    oneOf("$s", '(index . "tls.crt")', "`raw`", '""', '","', '" "', '"."', '"a"', '"ß"'),
    fc.string({ unit: "grapheme", maxLength: 8 }).map(literal),
  ),
  int: fc.oneof(fc.integer({ min: -20, max: 1000 }).map(String), oneOf("$i", "$.number", "0", "'a'", "0x10")),
  float: fc.oneof(
    fc.integer({ min: -2000, max: 2000 }).map((n) => `${n / 64}`),
    oneOf("$.decimal", "1e3", "0.1"),
  ),
  bool: oneOf("true", "false"),
  list: oneOf("list", "$l", "(list 3 1 2)", '(list "b" "a" "b")', "(until 4)", '(list (list 1) "x" nil 2.5)'),
  dict: oneOf("dict", '(dict "a" 1 "b" "x")', '(dict "a" (dict "b" (list 1 2)))', "(fromJson $.json)"),
  any: oneOf(".", "$", "$.missing", "$x", "$l", "(fromJson $.json).b", "(urlParse $.url).host"),
  time: oneOf('(toDate "2006-01-02" $.date)', '(toDate "2006-01-02" "1969-12-31")'),
  width: oneOf("-7", "0", "1", "3", "8", "40", "(len .)", "(int .number)"),
  small: oneOf("-2", "-1", "0", "1", "2", "3", "5"),
  positive: oneOf("1", "2", "3"),
  key: oneOf('"a"', '"b"', '"_0"', '"host"', ".user"),
  layout: oneOf('"2006-01-02"', '"2006-01-02T15:04:05.000Z07:00"', '"Jan _2 Mon MST"', '"3:04PM"', ".user"),
  zone: oneOf('"UTC"', '"Europe/Berlin"', '"America/Sao_Paulo"', '"Asia/Kathmandu"', '"Local"', '"No/Where"'),
  duration: oneOf('"1h"', '"-36h30m"', '"1.5s"', '"2400h"', '"x"'),
  json: oneOf("$.json", '"[1,2,{\\"a\\":null}]"', '"\\"x\\""', '`{"n": 12.50}`', ".password", '"{"'),
  pattern: oneOf(
    '"[a-z]+"',
    '"(.)(.)"',
    '"^\\\\s*"',
    '"\\\\p{L}"',
    '"(?i)ALICE"',
    '"x*"',
    '"("',
    '"[[:space:]]"',
    '"."',
  ),
  format: oneOf(
    '"%s"',
    '"%v %v"',
    '"%q"',
    '"%d|%5.1f"',
    '"%x"',
    '"%T %t"',
    '"%#v"',
    '"%+v"',
    '"%U %c"',
    '"%08.3f"',
    '"%-6s|"',
  ),
  kind: oneOf('"string"', '"map"', '"slice"', '"int"', '"[]interface {}"', '"map[string]string"'),
  version: oneOf('"1.2.3"', '"v2"', '"1.2.3-rc.1+b"', ".user"),
  constraint: oneOf('">=1.2"', '"^1.0"', '"~1.2.3 || >2"', '"x"'),
  url: oneOf("$.url", '"//a/b?c#d"', '"mailto:x@y"', '"http://["', ".user"),
};

const BY_RESULT = Map.groupBy(SIGNATURES, ({ result }) => result);
/** `printf "%d"` shows the addresses in these, which are never the same. */
const WITH_ADDRESSES = ["time", "semver"];
const OF_ANY_TYPE = SIGNATURES.filter(({ result }) => !WITH_ADDRESSES.includes(result));
/** Types of which a value of another type is sometimes put in the place. */
const MISTAKABLE = ["string", "int", "float", "bool", "list", "dict", "any"];
const WRONG = oneOf('"wrong"', "(list 1)", "(dict)", "nil", ".user");

const expressions = new Map<string, fc.Arbitrary<string>>();

/** An operand: a leaf or a call in parentheses. */
function operand(type: string, depth: number): fc.Arbitrary<string> {
  const key = `${type} ${depth}`;
  const known = expressions.get(key) ?? buildOperand(type, depth);
  expressions.set(key, known);
  return known;
}

function buildOperand(type: string, depth: number): fc.Arbitrary<string> {
  const leaf = LEAVES[type] ?? WRONG;
  const functions = type === "any" ? OF_ANY_TYPE : (BY_RESULT.get(type) ?? []);
  if (depth === 0 || functions.length === 0) return leaf;
  const calls = fc.constantFrom(...functions).chain((signature) => call(signature, depth - 1));
  const right = fc.oneof(
    leaf,
    calls.map((text) => `(${text})`),
  );
  if (!MISTAKABLE.includes(type)) return right;
  return fc.oneof({ arbitrary: right, weight: 60 }, { arbitrary: WRONG, weight: 1 });
}

/** A call, its last argument in its place or piped into it. */
function call({ name, parameters }: Signature, depth: number): fc.Arbitrary<string> {
  return fc.tuple(fc.boolean(), fc.tuple(...parameters.map((type) => operand(type, depth)))).map(([piped, values]) => {
    const last = values.at(-1);
    if (!piped || last === undefined || last === "nil") return [name, ...values].join(" ");
    return `${last} | ${[name, ...values.slice(0, -1)].join(" ")}`;
  });
}

const pipeline = (depth: number) =>
  fc.oneof(
    operand("string", depth),
    operand("any", depth),
    fc.constantFrom(...SIGNATURES).chain((each) => call(each, depth)),
  );

const plainText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  oneOf("\n", "  \n\t", "key: value\n", "}}", "{ ", "<!-- -->", "password="),
);

const action = (inner: fc.Arbitrary<string>) =>
  fc.tuple(oneOf("{{ ", "{{- ", "{{"), inner, oneOf(" }}", " -}}", "}}")).map((parts) => parts.join(""));

function block(depth: number): fc.Arbitrary<string> {
  const simple = fc.oneof(
    { arbitrary: plainText, weight: 4 },
    { arbitrary: action(pipeline(3)), weight: 8 },
    { arbitrary: action(operand("int", 2).map((value) => `$i = ${value}`)), weight: 1 },
    { arbitrary: action(operand("string", 2).map((value) => `$s = ${value}`)), weight: 1 },
    {
      arbitrary: oneOf('{{ template "t" . }}', '{{ template "t" $s }}', "{{/* comment */}}", "{{- /* - */ -}}"),
      weight: 1,
    },
  );
  if (depth === 0) return simple;
  const inner = blocks(depth - 1);
  const condition = action(pipeline(2).map((value) => `if ${value}`));
  return fc.oneof(
    { arbitrary: simple, weight: 6 },
    { arbitrary: fc.tuple(condition, inner).map(([start, body]) => `${start}${body}{{ end }}`), weight: 1 },
    {
      arbitrary: fc
        .tuple(condition, inner, pipeline(1), inner)
        .map(([start, body, other, rest]) => `${start}${body}{{ else if ${other} }}${rest}{{ else }}-{{ end }}`),
      weight: 1,
    },
    {
      arbitrary: fc.tuple(pipeline(2), inner).map(([value, body]) => `{{ with ${value} }}${body}{{ else }}0{{ end }}`),
      weight: 1,
    },
    {
      arbitrary: fc
        .tuple(oneOf("", "$x := ", "$k, $x := "), operand("list", 2), inner, oneOf("", "{{ break }}", "{{ continue }}"))
        .map(([variable, value, body, exit]) => `{{ range ${variable}${value} }}${body}${exit}{{ else }}none{{ end }}`),
      weight: 1,
    },
  );
}

function blocks(depth: number): fc.Arbitrary<string> {
  return fc.array(block(depth), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
}

/** What every template begins with, so that the variables and the other template are there. */
const PRELUDE = '{{ $i := 3 }}{{ $s := .host }}{{ $l := list 1 "b" }}{{ $x := . }}{{ define "t" }}<{{ . }}>{{ end }}';

const whole = blocks(3).map((body) => PRELUDE + body);

const DAMAGE = ["", "{{", "}}", "(", "|", ".", '"', "\n", "$", "end"];

/** A template with a character left out, or something put in, anywhere. */
const damaged = fc.tuple(whole, fc.nat(), oneOf(...DAMAGE)).map(([sound, position, inserted]) => {
  const at = position % (sound.length + 1);
  return sound.slice(0, at) + inserted + sound.slice(inserted === "" ? at + 1 : at);
});

const text = fc.oneof({ arbitrary: whole, weight: 5 }, { arbitrary: damaged, weight: 1 });

const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }).map((each) => new TextEncoder().encode(each)),
  fc.uint8Array({ maxLength: 30 }),
);

/**
 * The items of the examples, now and then with another text or other bytes in those that no function reads as
 * something.
 */
const items = fc
  .array(fc.tuple(oneOf("user", "password", "host", "spaced", "lines", "unicode", "snake", "binary"), value), {
    maxLength: 3,
  })
  .map((changed) => new Map([...ITEMS, ...changed]));

/** Templates, most of them valid, and items for them. */
export const question: fc.Arbitrary<Pick<TemplateQuestion, "text" | "items">> = fc.record({ text, items });
