import type { CST, YAMLMap } from "yaml";
import { type Entry, entriesOf } from "./entry.ts";
import { mappingChanges } from "./mapping-changes.ts";
import type { MappingRewrite, Rewriter } from "./rewriter.ts";
import { quotesOf, type ScalarStyle, writeInline } from "./scalar-text.ts";
import type { SourceLines } from "./source-lines.ts";
import type { Splice } from "./splice.ts";

/** Rewrites a mapping between brackets, as JSON has them: on one line, or with each entry on its own. */
export function rewriteFlowMapping(rewriter: Rewriter, { node, before, after }: MappingRewrite): void {
  const entries = entriesOf(node);
  const { kept, removed, renamed, added } = mappingChanges({
    entries,
    before,
    after,
    unshares: rewriter.care.unshares,
  });
  for (const { entry, key } of kept) {
    rewriter.rewrite(entry.valueNode, before[key], after[key], { entry, isInFlow: true });
  }
  for (const { entry, to } of renamed) rewriter.rename(entry, to, true);
  for (const entry of removed) rewriter.remove(entry);

  const { lines } = rewriter;
  const style = flowStyle(rewriter, entries);
  const texts = added.map((key) => entryText(lines, [key, after[key]], style));
  const stays = entries.findLast((entry) => !removed.includes(entry));
  if (stays === undefined) {
    rewriter.splice(...replaceAll(lines, entries, texts.join(style.separator)));
  } else {
    const text = texts.map((each) => style.separator + each).join("");
    if (text !== "") rewriter.splice({ start: stays.end, end: stays.end, text });
    rewriter.splice(...removals(lines, { entries, removed, commas: commasOf(node) }));
  }
}

/** How entries are written and told apart. */
interface FlowStyle {
  /** What an entry's line starts with; null where it shares the line with others. */
  readonly margin: string | null;
  readonly separator: string;
  readonly colon: string;
  readonly key: ScalarStyle;
  readonly value: ScalarStyle;
}

/** As the last entry has it. */
function flowStyle({ lines, isJson }: Rewriter, entries: readonly Entry[]): FlowStyle {
  const last = entries.at(-1);
  const margin = last === undefined ? null : lines.marginOf(last.start);
  const key = isJson ? "double" : quotesOf(last?.item.key);
  const value = isJson ? "double" : quotesOf(last?.item.value);
  const isTight = last !== undefined && key !== "none" && !/\s/.test(lines.text.charAt(last.colonEnd));
  const comma = isTight ? "," : ", ";
  return {
    margin,
    separator: margin === null ? comma : `,\n${margin}`,
    colon: isTight ? ":" : ": ",
    key: { quotes: key, isInFlow: true },
    value: { quotes: value, isInFlow: true },
  };
}

function entryText(
  { step }: SourceLines,
  [name, value]: readonly [string, unknown],
  { margin, colon, key, value: style }: FlowStyle,
): string {
  return writeInline(name, key) + colon + writeInline(value, style, margin === null ? null : { margin, step });
}

/** All entries make way for others; where there are none, the brackets close up, unless a comment stands between them. */
function replaceAll({ text }: SourceLines, entries: readonly Entry[], others: string): readonly Splice[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return [];
  const open = text.lastIndexOf("{", first.start) + 1;
  const close = text.indexOf("}", last.end);
  const isBare = others === "" && !/#/.test(text.slice(open, first.start) + text.slice(last.end, close));
  const { start, end } = isBare ? { start: open, end: close } : { start: first.start, end: last.end };
  return [{ start, end, text: others }];
}

interface Removal {
  readonly entries: readonly Entry[];
  /** Not all of them. */
  readonly removed: readonly Entry[];
  /** Where the mapping has its own commas, be it one at the end too. */
  readonly commas: readonly number[];
}

/** Each goes with the comma that follows it, and the last ones with the comma before them. */
function removals(lines: SourceLines, { entries, removed, commas }: Removal): readonly Splice[] {
  const kept = entries.findLastIndex((entry) => !removed.includes(entry));
  const inner = entries.slice(0, kept).flatMap((entry, index) => {
    const next = entries[index + 1];
    if (next === undefined || !removed.includes(entry)) return [];
    return ownLines(lines, entry, commas) ?? { start: entry.start, end: next.start, text: "" };
  });
  return [...inner, ...tailRemovals(lines, { kept, entries, commas })];
}

interface TailRemoval {
  /** The index of the last entry that stays. */
  readonly kept: number;
  readonly entries: readonly Entry[];
  readonly commas: readonly number[];
}

function tailRemovals(lines: SourceLines, { kept, entries, commas }: TailRemoval): readonly Splice[] {
  const [previous, last] = [entries[kept], entries.at(-1)];
  if (previous === undefined || last === undefined || previous === last) return [];
  const tail = entries.slice(kept + 1);
  const own = tail.flatMap((entry) => ownLines(lines, entry, commas) ?? []);
  if (own.length < tail.length) return [{ start: previous.end, end: last.end, text: "" }];
  const comma = commas[kept];
  // Whoever ends the last entry with a comma goes on doing so.
  const isKept = comma === undefined || commas.length === entries.length;
  return isKept ? own : [...own, { start: comma, end: comma + 1, text: "" }];
}

/** The lines that an entry has for itself and its comma; null where it shares them. */
function ownLines(lines: SourceLines, { start, end }: Entry, commas: readonly number[]): Splice | null {
  const comma = commas.find((offset) => offset >= end) ?? Number.POSITIVE_INFINITY;
  const ownEnd = comma < lines.after(end) ? comma + 1 : end;
  if (lines.marginOf(start) === null || !lines.isLastOnLine(ownEnd)) return null;
  return { start: lines.start(start), end: lines.after(ownEnd), text: "" };
}

function commasOf(node: YAMLMap.Parsed): readonly number[] {
  const token = node.srcToken as CST.FlowCollection | undefined;
  return (token?.items ?? []).flatMap(({ start }) => start.filter(({ type }) => type === "comma").map(offsetOf));
}

function offsetOf({ offset }: CST.SourceToken): number {
  return offset;
}
