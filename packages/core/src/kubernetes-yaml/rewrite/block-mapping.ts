import { type Entry, entriesOf, propertiesOf } from "./entry.ts";
import { mappingChanges } from "./mapping-changes.ts";
import { type EntryStyle, entryLines } from "./nested-lines.ts";
import { ManifestRewriteError } from "./rewrite-error.ts";
import type { MappingRewrite, Rewriter } from "./rewriter.ts";
import { quotesOf } from "./scalar-text.ts";
import type { SourceLines } from "./source-lines.ts";
import type { Splice } from "./splice.ts";

/**
 * Rewrites a mapping that has its entries on lines. An entry that goes takes its own lines along, and leaves the comments above it;
 * a new one comes below the last.
 */
export function rewriteBlockMapping(rewriter: Rewriter, { node, position, before, after }: MappingRewrite): void {
  const { lines } = rewriter;
  const entries = entriesOf(node);
  const { kept, removed, renamed, added } = mappingChanges({
    entries,
    before,
    after,
    unshares: rewriter.care.unshares,
  });
  for (const { entry, key } of kept) {
    rewriter.rewrite(entry.valueNode, before[key], after[key], { entry, isInFlow: false });
  }
  for (const { entry, to } of renamed) rewriter.rename(entry, to, false);
  for (const entry of removed) rewriter.remove(entry, removedLines(lines, entry, entries));
  if (added.length > 0)
    rewriter.splice(
      addedLines(
        lines,
        entries,
        added.map((key) => [key, after[key]] as const),
      ),
    );
  else if (removed.length === entries.length) rewriter.splice(emptyMapping(position.entry));
}

function removedLines(lines: SourceLines, entry: Entry, entries: readonly Entry[]): Splice {
  const { start, end } = entry;
  if (lines.marginOf(start) !== null) return { start: lines.start(start), end: lines.after(end), text: "" };
  // It shares its line with the dash of a list: the next one moves there.
  const next = entries[entries.indexOf(entry) + 1];
  if (next === undefined) throw new ManifestRewriteError();
  return { start, end: next.start, text: "" };
}

function addedLines(
  lines: SourceLines,
  entries: readonly Entry[],
  added: readonly (readonly [key: string, value: unknown])[],
): Splice {
  const last = entries.at(-1);
  if (last === undefined) throw new ManifestRewriteError();
  const layout = { margin: " ".repeat(lines.column(last.start)), step: lines.step };
  const style = styleOf(last);
  const at = lines.after(last.end);
  return { start: at, end: at, text: added.map(([key, value]) => entryLines(key, value, layout, style)).join("") };
}

/** A new entry is quoted as the one above it; block scalars are for those who write by hand. */
function styleOf({ item }: Entry): EntryStyle {
  return { key: quotesOf(item.key), value: quotesOf(item.value) };
}

/** What stands for the entries when all of their lines are gone. */
function emptyMapping(entry: Entry | null): Splice {
  if (entry === null) throw new ManifestRewriteError();
  const last = propertiesOf(entry).at(-1);
  const at = last === undefined ? entry.colonEnd : last.offset + last.source.length;
  return { start: at, end: at, text: " {}" };
}
