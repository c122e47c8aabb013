import type { CST } from "yaml";

/** Where a token's own text ends: comments and blank lines after it are not its own. */
export function endOfToken(token: CST.Token): number {
  switch (token.type) {
    case "block-scalar":
      return contentStart(token) + token.source.length;
    case "flow-collection":
      return endOfLast(token.end.slice(0, 1)) ?? token.offset + 1;
    case "block-map":
    case "block-seq":
      return token.items.reduce((end, item) => endOfItem(item) ?? end, token.offset);
    default:
      return token.offset + ("source" in token ? token.source.length : 0);
  }
}

/** Where an entry's key or indicator starts; undefined for comments without an entry. */
export function startOfItem({ start, key, sep = [] }: CST.CollectionItem): number | undefined {
  return [...start, ...(key ? [key] : []), ...sep].find(isContent)?.offset;
}

/** Where an entry's value ends, or what there is instead of one; undefined for comments without an entry. */
export function endOfItem({ start, key, sep = [], value }: CST.CollectionItem): number | undefined {
  if (value) return endOfToken(value);
  return endOfLast(sep) ?? (key ? endOfToken(key) : endOfLast(start));
}

/** Where the text of a block scalar starts, below its header. */
export function contentStart({ offset, props }: CST.BlockScalar): number {
  return endOfLast(props, () => true) ?? offset;
}

/** Where the last token ends that counts; undefined where none does. */
export function endOfLast(tokens: readonly CST.Token[], counts = isContent): number | undefined {
  const last = tokens.findLast(counts);
  return last === undefined ? undefined : last.offset + ("source" in last ? last.source.length : 0);
}

function isContent({ type }: CST.Token): boolean {
  return type !== "space" && type !== "newline" && type !== "comment" && type !== "comma";
}
