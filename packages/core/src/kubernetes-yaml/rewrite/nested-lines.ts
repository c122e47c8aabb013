import { isPlainObject, type PlainObject } from "./plain-object.ts";
import { type Layout, type ScalarStyle, writeInline } from "./scalar-text.ts";

/** How the entries around are quoted. */
export interface EntryStyle {
  readonly key: ScalarStyle["quotes"];
  readonly value: ScalarStyle["quotes"];
}

const UNQUOTED: EntryStyle = { key: "none", value: "none" };

/** An object in block style: a line for each of its entries, and below it those of a mapping inside. */
export function nestedLines(object: PlainObject, layout: Layout): string {
  return Object.entries(object)
    .map(([key, value]) => entryLines(key, value, layout, UNQUOTED))
    .join("");
}

/** One entry in block style. */
export function entryLines(key: string, value: unknown, { margin, step }: Layout, style: EntryStyle): string {
  const start = `${margin}${writeInline(key, { quotes: style.key, isInFlow: false })}:`;
  if (isPlainObject(value) && Object.keys(value).length > 0) {
    return `${start}\n${nestedLines(value, { margin: margin + step, step })}`;
  }
  return `${start} ${writeInline(value, { quotes: style.value, isInFlow: false })}\n`;
}
