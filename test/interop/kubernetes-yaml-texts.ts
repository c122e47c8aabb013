/** YAML texts picked by hand, where readers go different ways. */

const WORDS = `
y Y yes Yes YES yEs n N no No NO on On ON off Off OFF true True TRUE tRue false False FALSE ~ null Null NULL nULL
0 -0 +0 00 1 -1 +1 --1 0123 -0123 08 089 0o17 0O17 0o8 -0o17 0x1F 0X1f -0x1f +0x1f 0x 0xg 0b11 0B11 0b2 -0b11 0b-11 0b+11 -0b-1 0b
1_000 1__0 _1 1_ -_1 0_123 0x_1f 0_x10 1_e3 1.5_0 .5_0 ._5 .5_
9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 18446744073709551615
+18446744073709551615 18446744073709551616 0xffffffffffffffff 0x10000000000000000 00000000000000000000000000000000000000000000000000000000000000000000007
1.50 1. 5. .5 . -.5 +.5 1.2.3 1e10 1E10 1e+10 1e-10 1e 1e5 1e6 1e20 1e21 1e38 1e39 1e400 -1e400 1e-46 1e-400 0.0 -0.0
3.14159265358979 0.1 100000.0 1000000.0 123456.7 1234567.8 0.0001 0.00001 2.44140625e-4 16777216.0 16777217.0 0.3333333333
3.4028235e38 3.4028236e38 1.1754944e-38 1.4e-45 7e-46 .inf .Inf .INF +.inf -.inf .iNf inf Infinity .nan .NaN .NAN nan 0x1p-2 0x1.8p1
12:30 12:30:45 1:2:3.5 190:20:30 -1:30 2020-01-02 2020-1-2 2020-13-45 2020-01-02T03:04:05Z 2020-01-02t3:4:5.678+01:00
= << -a ?a :a a:b a#b '' "" 'yes' '0123' 'it''s' 'a\\nb' "yes" "0123" &x
`;

const PHRASES = String.raw`
a b
a  b
a #b
2020-01-02 03:04:05
"a\tb\u00e9\x41\U0001F511\N\_\L\P\0\e\a"
!!str
!!str 0123
!!str ~
!!int '0123'
!!int 1.5
!!int yes
!!int
!!float 1
!!float 0x10
!!float 18446744073709551615
!!float yes
!!bool 'no'
!!bool 1
!!null ''
!!null x
! 12
! ~
!x yes
!!x 1
!!set 1
!!timestamp 2020-01-02
!!timestamp 2020-02-29 1:2:3.5
!!timestamp 2020-02-30
!!timestamp 2020-01-02 25:00:00
!!timestamp 1
!!binary aGkK
!!binary aGk
!!merge <<
!<tag:yaml.org,2002:int> '7'
&x yes
`;

const BLOCKS = String.raw`
a
        b
===
1
        2
===
yes

        no
===
'a
        b

        c'
===
"a
        b

        c"
===
"a\
        b"
===
|
        0123
===
|-
        yes
===
>-
        1
        2
===
|2
         a
        b
===
|+
        a


===
>
        a
        b

        c
          d
        e
===
|1-
        a
===
|

        a
         b

===
!!binary |
        aGkK
        aGkK
`;

/** Scalars, as they stand after `item: `; further lines are indented deeper than any place for them. */
export const SCALARS: readonly string[] = [
  "",
  "a\tb",
  ...WORDS.trim().split(/\s+/),
  ...PHRASES.trim().split("\n"),
  ...parts(BLOCKS),
];

const DOCUMENTS = String.raw`
a: 1
===
---
a: 1
===
--- # c
a: 1
---
b: 2
---
===
a: 1
---b: 2
===
--- a: 1
===
a: 1
----
===
---
# c
---

---
a: 1
===
a: 1
...
===
a: 1
...
---
b: 2
===
'a
---
b'
===
a: |
  x
---
  y: 1
===
%YAML 1.2
---
a: 1
===
{"a": 1}
===

  {"a": 1}
===
{"a": 1}{"b": 2}
===
{"a": 1}
---
{"b": 2}
===
{"a": 1}
---
b: 2
===
{a: 1}
---
{b: 2}
===
{"a": "\ud83d\ude00\/"}
===
{"a": 01}
===
{"a": 1,}
===
{"a": [1, 2.50, true, null, "x"]}
===
{"a": tru}
===
{
===
{"a"}
===
a:
- 1
-
  - 2
  -
- - 3
  - 4
- b: 5
  c: 6
===
a:
  - 1
 b: 2
===
? a
: b
? c
===
? - a
: b
===
: a
===
a: b: c
===
a: - b
===
- a: 1
  b: 2
===
-a: 1
===
a: 'b' c
===
a: [1, 2
===
a: {b: c
===
{a: , b, 'c':d, "e":f, g: h:i}
===
[a, b: c, {d: e}, [f], ]
===
{a: [b,
   c], d: {e: f
  }}
===
{a?b: c}
===
[,]
===
[a,,b]
===
{a: 1, ? b : 2}
===
a: {b: 1}
c: [*x]
===
a: &x {b: 1}
c: *x
d: &x 2
e: *x
===
a: &x [*x]
===
x: &x {a: 1}
y: {a: 0, <<: *x}
z: {<<: *x, a: 2}
===
x: &x {a: 1}
y: &y {a: 2, b: 3}
z: {<<: [*x, *y]}
===
<<: 1
===
x: &x {a: 1}
y: {<<: *x, <<: {b: 2}}
===
x: &x [1]
<<: *x
===
'<<': {a: 1}
===
<<: {a: 1}
===
? <<
: {a: 1}
===
yes: 1
no: 2
===
1.0: a
0x10: b
.inf: c
1e38: d
1e6: e
===
~: a
===
[a]: b
===
{a: b}: c
===
18446744073709551615: a
===
2020-01-02: a
===
!!binary YQ==: b
===
__proto__: {a: 1}
constructor: 2
===
a: |
  b
   c


d: >-

  e
  f

   g

  h
i: |+

  j

===
a: |3
  b
===
a: >
 b
  c
 d
===
- |
 a
- >
 b
===
a: |
 b
  # c
 # d
e: f # g
===
a: "b
  c\
  d\  
  e"
===
a: b # c
# d
  # e
f: g#h
===
a:
  b
  c
d: e
`;

/** Texts where Go and we must agree, also on which of them are refused. */
export const TEXTS: readonly string[] = [
  ...["", "\n", "# c\n", "---\n", "---\n---\n", "~\n", "a: 1", "--- # c\na: 1\n---\t\nb: 2\n---", "\ufeffa: 1\n"],
  ...["a: 1\r\nb: |\r\n  c\r\n", "a: \u0007\n", "a:\tb\n", "a:\n\tb: 1\n", "k".repeat(1_030)],
  ...["a: 'b\nc'\n", "a: [\nb\n]\n", 'x:\n- "a\nb"\n- [1,\n2]\ny: {a: 1,\nb\nc: 2\n}\n', "x:\n  'a\nb': c\n", "a: [\n"],
  ...[`${"k".repeat(1_024)}: a\n`, `${"k".repeat(1_030)}: a\n`, `{${"k".repeat(1_030)}: a}\n`],
  ...parts(DOCUMENTS).map((text) => `${text}\n`),
];

/** What Go reads and we refuse: because Go would lose something, or because only YAML 1.1 or libyaml take it for YAML. */
export const STRICTER: readonly (readonly [why: string, text: string])[] = [
  ["a key twice", "a: 1\na: 2\n"],
  ["a key twice, spelled otherwise", "yes: 1\n'true': 2\n"],
  ["a key twice in JSON", '{"a": 1, "a": 2}'],
  ["text after the end of the document", "a: 1\n...\nb: 2\n"],
  ["text after a list", "[a] b\n"],
  ["!!binary that is not UTF-8", "a: !!binary //79\n"],
  ["half a surrogate pair", '{"a": "\\ud800"}'],
  ["raw line separators", "a: 'b\u2028c'\n"],
  ["an escaped line break before a blank line", 'a: "b\\\n\n  c"\n'],
  ["blank lines beyond the indentation that a block scalar tells", "a: |2\n    b\n   \n"],
  ["a colon that a bracket touches", "{a:}\n"],
  ["a tag that a comma touches", "[!a, b]\n"],
  ["nesting beyond a hundred levels", `a: ${"[".repeat(101)}${"]".repeat(101)}\n`],
];

function parts(text: string): string[] {
  return text.slice(1, -1).split("\n===\n");
}
