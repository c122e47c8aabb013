import { type CST, isAlias, isScalar, type Pair, type ParsedNode, type YAMLMap } from "yaml";
import { resolveScalar, resolveTagged } from "../scalar.ts";
import { keyOf } from "../tree.ts";
import { endOfItem, endOfLast, endOfToken, startOfItem } from "./token-extent.ts";

/** A mapping's entry: what it says, and where in the text it stands. */
export interface Entry {
  /** As the reader has it; null for a merge, and for a key that is an alias or no scalar. */
  readonly key: string | null;
  readonly isMerge: boolean;
  readonly keyNode: ParsedNode;
  readonly valueNode: ParsedNode | null;
  readonly item: CST.CollectionItem;
  readonly start: number;
  readonly end: number;
  /** Where the colon ends, or the key of an entry that has none. */
  readonly colonEnd: number;
}

const MERGE_TAG = "tag:yaml.org,2002:merge";

/** In the order of the text. */
export function entriesOf(map: YAMLMap.Parsed): readonly Entry[] {
  return map.items.flatMap((pair: Pair<ParsedNode, ParsedNode | null>) => {
    const item = pair.srcToken;
    const start = item && startOfItem(item);
    if (item === undefined || start === undefined) return [];
    const isMerge = isMergeKey(pair.key);
    const keyEnd = item.key ? endOfToken(item.key) : start;
    return {
      key: isMerge ? null : keyText(pair.key),
      isMerge,
      keyNode: pair.key,
      valueNode: pair.value,
      item,
      start,
      end: endOfItem(item) ?? keyEnd,
      colonEnd: endOfLast(item.sep ?? [], ({ type }) => type === "map-value-ind") ?? keyEnd,
    };
  });
}

/** The tokens of the entry's value that are no text: its anchor and its tag. */
export function propertiesOf({ item }: Entry): readonly CST.SourceToken[] {
  return (item.sep ?? []).filter(({ type }) => type === "anchor" || type === "tag");
}

function keyText(node: ParsedNode): string | null {
  if (!isScalar(node)) return null;
  const text = String(node.value);
  if (node.tag !== undefined) return keyOf(resolveTagged(text, node.tag) ?? null);
  return node.type === "PLAIN" ? keyOf(resolveScalar(text)) : text;
}

function isMergeKey(node: ParsedNode): boolean {
  if (isAlias(node) || !isScalar(node) || node.value !== "<<") return false;
  return node.tag === undefined ? node.type === "PLAIN" : node.tag === MERGE_TAG || node.tag === "!";
}
