import { fold, type Place } from "./fold.ts";
import { formatFloat64 } from "./go-float.ts";
import { resolveScalar } from "./scalar.ts";
import { isTimestamp } from "./timestamp.ts";

/** YAML 1.1's base 60, which go-yaml reads as a string but quotes for others; so do we, and its merge and default keys. */
const QUOTED_FOR_OTHERS = /^(?:[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|<<|=)$/;

/** What stands for itself in YAML; go-yaml escapes everything beyond the basic plane too. */
const NOT_PRINTABLE = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
/** Line breaks of YAML 1.1 that are printable; go-yaml leaves them bare, which only it reads back. */
const SEPARATOR = /[\u2028\u2029]/;

const STARTS_LIKE_SYNTAX = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$))/;
const HOLDS_SYNTAX = /:(?:[ \t]|$)|[ \t]#/;

/** What a base64 text and most names are: unless it is a word such as `yes`, it stands as it is, and has no space to fold it at. */
const BARE = /^[A-Za-z][A-Za-z0-9+/=_.-]*$/;

const ESCAPED = /[^\x20\x21\x23-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

/** Exact as far as 64 bits go; beyond them, and with a fraction, a float. */
export function writeNumber(value: number): string {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64
    ? String(BigInt(value))
    : formatFloat64(value);
}

/** A string plain where that means the same, otherwise quoted; on one line where no place tells how to fold it, as a key's is. */
export function writeText(text: string, place?: Place): string {
  if (BARE.test(text) && resolveScalar(text) === text) return text;
  if (text.includes("\n") || !readsAsString(text) || isSpecial(text)) {
    return `"${fold(Array.from(text, escaped), "double", place)}"`;
  }
  // Only at a space is a line broken, and most texts have none: those are not looked at character by character.
  const isWhole = place === undefined || !text.includes(" ");
  if (isPlainAllowed(text)) return isWhole ? text : fold(Array.from(text), "plain", place);
  if (isWhole) return `'${text.replaceAll("'", "''")}'`;
  const characters = Array.from(text, (character) => (character === "'" ? "''" : character));
  return `'${fold(characters, "single", place)}'`;
}

/** Whether a string has lines, and each of them can stand as it is below `|`. */
export function isLiteral(text: string): boolean {
  return text.includes("\n") && !/ (?:\n|$)/.test(text) && !isSpecial(text);
}

/** A literal block: its header, and its lines without the last line's end. */
export function writeLiteral(text: string, margin: string): string {
  const indentation = /^[ \n]/.test(text) ? "2" : "";
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  const lines = body.split("\n").map((line) => (line === "" ? "" : margin + line));
  return `|${indentation}${chomping(text)}\n${lines.join("\n")}`;
}

function chomping(text: string): string {
  if (!text.endsWith("\n")) return "-";
  return text === "\n" || text.endsWith("\n\n") ? "+" : "";
}

function readsAsString(text: string): boolean {
  return typeof resolveScalar(text) === "string" && !isTimestamp(text) && !QUOTED_FOR_OTHERS.test(text);
}

function isSpecial(text: string): boolean {
  return NOT_PRINTABLE.test(text) || SEPARATOR.test(text);
}

function isPlainAllowed(text: string): boolean {
  return !/^\s| $/.test(text) && !STARTS_LIKE_SYNTAX.test(text) && !HOLDS_SYNTAX.test(text);
}

function escaped(character: string): string {
  if (!ESCAPED.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code > 0xffff) return `\\U${hex.padStart(8, "0")}`;
  return ESCAPES[character] ?? (code > 0xff ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`);
}
