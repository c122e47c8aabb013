import type { CST } from "yaml";
import { writeJson } from "../json-writer.ts";
import { writeText } from "../scalar-writer.ts";
import { writableValue } from "../writable-value.ts";
import type { Splice } from "./splice.ts";
import { contentStart } from "./token-extent.ts";

/** How a scalar is quoted, and whether brackets stand around it, where fewer characters stand for themselves. */
export interface ScalarStyle {
  readonly quotes: "none" | "single" | "double";
  readonly isInFlow: boolean;
}

const PRINTABLE = /^[\x20-\x7e]*$/;
/** What is safe without quotes between brackets, too. */
const PLAIN_IN_FLOW = /^[\w./+=-]*$/;

/** How a scalar of the text is quoted; a block scalar is as good as unquoted. */
export function quotesOf(token: CST.Token | null | undefined): ScalarStyle["quotes"] {
  if (token?.type === "double-quoted-scalar") return "double";
  return token?.type === "single-quoted-scalar" ? "single" : "none";
}

/** The margin of a line, and how much more each level inside has. */
export interface Layout {
  readonly margin: string;
  readonly step: string;
}

/**
 * A scalar in the style that is asked for, where that can hold it. Lists and objects become JSON, which is YAML too: on one line
 * where no layout asks for more.
 */
export function writeInline(value: unknown, { quotes, isInFlow }: ScalarStyle, layout: Layout | null = null): string {
  if (typeof value !== "string") return laidOut(writeJson(writableValue(value, false)), layout);
  if (quotes === "double") return writeJson(value);
  if (quotes === "single") return PRINTABLE.test(value) ? `'${value.replaceAll("'", "''")}'` : writeJson(value);
  const text = writeText(value);
  return isInFlow && text === value && !PLAIN_IN_FLOW.test(text) ? writeJson(value) : text;
}

/** No string in JSON holds a line feed: every one of them, and the two spaces a level after it, is layout. */
function laidOut(json: string, layout: Layout | null): string {
  if (layout === null) return json.replaceAll(/,\n */g, ", ").replaceAll(/\n */g, "");
  return json.replaceAll(
    /\n( *)/g,
    (_, spaces: string) => `\n${layout.margin}${layout.step.repeat(spaces.length / 2)}`,
  );
}

/** Puts one line into a block scalar, whose style and indentation stay; null where a block cannot hold the value. */
export function blockScalarSplices(token: CST.BlockScalar, value: string): readonly Splice[] | null {
  const line = value.endsWith("\n") ? value.slice(0, -1) : value;
  const header = token.props.find((prop) => prop.type === "block-scalar-header");
  const indentation = /^ +(?=\S)/m.exec(token.source)?.[0];
  if (header === undefined || !("source" in header) || indentation === undefined) return null;
  if (line === "" || !PRINTABLE.test(line) || line.trim() !== line) return null;
  const start = contentStart(token);
  const wanted = header.source.replace(/[-+]/, "") + (line === value ? "-" : "");
  const isChomped = wanted === header.source;
  return [
    ...(isChomped ? [] : [{ start: header.offset, end: header.offset + header.source.length, text: wanted }]),
    { start, end: start + token.source.trimEnd().length, text: indentation + line },
  ];
}
