import { isMap, isSeq, type ParsedNode } from "yaml";
import { type Entry, entriesOf } from "./entry.ts";

const USUAL = "  ";

/** What a document indents a mapping inside another with: two spaces where it has none. */
export function indentationStep(root: ParsedNode | null, text: string): string {
  const waiting: (ParsedNode | null)[] = [root];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    if (isSeq(node)) waiting.push(...(node.items as (ParsedNode | null)[]));
    if (!isMap(node)) continue;
    for (const entry of entriesOf(node as Parameters<typeof entriesOf>[0])) {
      const step = stepBelow(entry, text);
      if (step !== null) return step;
      waiting.push(entry.valueNode);
    }
  }
  return USUAL;
}

function stepBelow({ start, valueNode }: Entry, text: string): string | null {
  const [child] = isMap(valueNode) ? entriesOf(valueNode as Parameters<typeof entriesOf>[0]) : [];
  const inner = child === undefined ? "" : lineBefore(text, child.start);
  // A dash before the outer entry counts as the space that it takes.
  const outer = lineBefore(text, start).replace(/\S/g, " ");
  return /^[ \t]+$/.test(inner) && inner.startsWith(outer) && inner !== outer ? inner.slice(outer.length) : null;
}

function lineBefore(text: string, offset: number): string {
  return text.slice(offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1, offset);
}
