import type { Part } from "../manifest-parts.ts";

const ENCRYPTED_DATA = /\bencryptedData["']?[ \t]*:/;
const KEY = /^[ \t]*(["']?)([-._a-zA-Z0-9]{1,253})\1[ \t]*:/;

/**
 * The lines, from 1, on which the items of a document stand: where an editor or a review should point to. Items are there that are
 * written one on a line, as nearly all are.
 */
export function itemLines({ separator, text, line }: Part): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let at = line + (separator === "" ? 0 : 1);
  let isInside = false;
  for (const each of text.split("\n")) {
    const item = isInside ? KEY.exec(each)?.[2] : undefined;
    // The first is the one: what follows the items may have fields of the same name.
    if (item !== undefined && !found.has(item)) found.set(item, at);
    isInside ||= ENCRYPTED_DATA.test(each);
    at += 1;
  }
  return found;
}
