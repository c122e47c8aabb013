import { type Alias, type Document, isAlias, isScalar, type ParsedNode, visit } from "yaml";
import { ManifestRewriteError } from "./rewrite-error.ts";
import type { Detached } from "./rewriter.ts";
import type { Splice } from "./splice.ts";

/**
 * Where a value changes or goes that others refer to: the first alias that is left takes the anchor over, with the value as it was.
 *
 * @throws ManifestRewriteError where the value takes more than a line
 */
export function anchorSplices(
  targets: ReadonlyMap<ParsedNode, ParsedNode>,
  text: string,
  { detached, splices }: { readonly detached: readonly Detached[]; readonly splices: readonly Splice[] },
): readonly Splice[] {
  return detached.flatMap(({ node, anchor }) => {
    const users = [...targets].flatMap(([alias, target]) => (target === node && isAlias(alias) ? [alias] : []));
    const heir = users.find((alias) => !isSpliced(alias, splices));
    if (heir === undefined) return [];
    const [start, end] = heir.range;
    const moved = { start, end, text: `&${heir.source} ${sourceOf(node, text)}` };
    if (anchor === null) return [moved];
    const anchorEnd = anchor.offset + anchor.source.length;
    const space = /^ */.exec(text.slice(anchorEnd))?.[0] ?? "";
    return [moved, { start: anchor.offset, end: anchorEnd + space.length, text: "" }];
  });
}

/** What each alias stands for: the last anchor of its name before it. In the order of the text. */
export function aliasTargets(document: Document.Parsed): ReadonlyMap<ParsedNode, ParsedNode> {
  const anchored = new Map<string, ParsedNode>();
  const targets = new Map<ParsedNode, ParsedNode>();
  visit(document, {
    Node: (_, visited) => {
      const node = visited as ParsedNode;
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchored.set(node.anchor, node);
        return;
      }
      const target = anchored.get(node.source);
      if (target !== undefined) targets.set(node, target);
    },
  });
  return targets;
}

function isSpliced({ range }: Alias.Parsed, splices: readonly Splice[]): boolean {
  return splices.some(({ start, end }) => start < range[1] && end > range[0]);
}

function sourceOf(node: ParsedNode, text: string): string {
  const source = text.slice(node.range[0], node.range[1]);
  if (!isScalar(node) || node.tag !== undefined || source.includes("\n")) throw new ManifestRewriteError();
  return source;
}
