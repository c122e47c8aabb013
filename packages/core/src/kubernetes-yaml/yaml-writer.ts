import type { Place } from "./fold.ts";
import { isLiteral, writeLiteral, writeNumber, writeText } from "./scalar-writer.ts";
import { type Entries, isList, isObject, type Writable } from "./writable-value.ts";

const INDENTATION = "  ";

/** In UTF-8; go-yaml sets a longer key apart with a question mark. */
const LONGEST_SIMPLE_KEY = 128;
/** Bytes: what a character takes at most. */
const WIDEST = 3;

/** A value in YAML's block style, without a line feed at the end. */
export function writeYaml(value: Writable): string {
  return isCollection(value) ? writeNested(value, "") : writeScalar(value, { column: 0, margin: INDENTATION });
}

/** A value whose first line continues one that is already indented. */
function writeNested(value: Writable, margin: string): string {
  if (isCollection(value)) return isList(value) ? writeItems(value, margin) : writeEntries(value, margin);
  return writeScalar(value, { column: margin.length, margin });
}

function writeItems(items: readonly Writable[], margin: string): string {
  return items.map((item) => `- ${writeNested(item, margin + INDENTATION)}`).join(`\n${margin}`);
}

function writeEntries({ entries }: Entries, margin: string): string {
  return entries.map(([key, value]) => writeEntry(key, value, margin)).join(`\n${margin}`);
}

function writeEntry(key: string, value: Writable, margin: string): string {
  const inner = margin + INDENTATION;
  if (!isSimpleKey(key)) return `? ${writeNested(key, inner)}\n${margin}: ${writeNested(value, inner)}`;
  const start = `${writeText(key)}:`;
  if (!isCollection(value)) {
    return `${start} ${writeScalar(value, { column: margin.length + start.length + 1, margin: inner })}`;
  }
  // A list is indented no more than its key.
  const field = isList(value) ? margin + writeItems(value, margin) : inner + writeEntries(value, inner);
  return `${start}\n${field}`;
}

function writeScalar(value: Writable, place: Place): string {
  if (isList(value)) return "[]";
  if (isObject(value)) return "{}";
  if (typeof value === "number") return writeNumber(value);
  if (typeof value !== "string") return String(value);
  return isLiteral(value) ? writeLiteral(value, place.margin) : writeText(value, place);
}

function isCollection(value: Writable): value is readonly Writable[] | Entries {
  return isList(value) ? value.length > 0 : isObject(value) && value.entries.length > 0;
}

function isSimpleKey(key: string): boolean {
  if (/[\n\r\x85\u2028\u2029]/.test(key)) return false;
  return key.length * WIDEST <= LONGEST_SIMPLE_KEY || new TextEncoder().encode(key).length <= LONGEST_SIMPLE_KEY;
}
