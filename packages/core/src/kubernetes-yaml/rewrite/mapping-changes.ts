import type { Entry } from "./entry.ts";
import { isSame, type PlainObject } from "./plain-object.ts";

/** What is to be done with the entries of one mapping. */
export interface MappingChanges {
  /** Entries that stay, and may hold something else than before. */
  readonly kept: readonly { readonly entry: Entry; readonly key: string }[];
  readonly removed: readonly Entry[];
  readonly renamed: readonly { readonly entry: Entry; readonly to: string }[];
  /** Keys to be put at the end, with the values that they will have. */
  readonly added: readonly string[];
}

interface Mapping {
  readonly entries: readonly Entry[];
  /** What they say, merges included. */
  readonly before: PlainObject;
  readonly after: PlainObject;
  /** Write merges out where any key goes, for a merge may have the same one. */
  readonly unshares: boolean;
}

/** What turns one object into another. */
export function mappingChanges({ entries, before, after, unshares }: Mapping): MappingChanges {
  const direct = new Map(entries.flatMap((entry) => (entry.key === null ? [] : [[entry.key, entry] as const])));
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  // What a merge brings can be overridden, but not taken away: then its keys are written out in its place.
  const unmerges = gone.some((key) => unshares || !direct.has(key));
  const fresh = Object.keys(after).filter((key) => {
    if (direct.has(key)) return false;
    return unmerges || !Object.hasOwn(before, key) || !isSame(before[key], after[key]);
  });
  const renamed = gone.flatMap((key) => {
    const entry = direct.get(key);
    const to = fresh.findIndex((other) => !Object.hasOwn(before, other) && isSame(before[key], after[other]));
    return entry === undefined || to === -1 ? [] : fresh.splice(to, 1).map((name) => ({ entry, to: name }));
  });
  const isRenamed = new Set(renamed.map(({ entry }) => entry.key));
  const isGone = new Set(gone.filter((key) => !isRenamed.has(key)));
  return {
    kept: [...direct].flatMap(([key, entry]) => (Object.hasOwn(after, key) ? [{ entry, key }] : [])),
    removed: entries.filter(({ key, isMerge }) => (key === null ? isMerge && unmerges : isGone.has(key))),
    renamed,
    added: fresh,
  };
}
