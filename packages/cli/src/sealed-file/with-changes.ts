import { isDeepStrictEqual } from "node:util";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Does to a document what turns one object into another, where the first is what was read of the document: fields that reading leaves
 * out or puts otherwise stay as they are.
 */
export function withChanges(document: unknown, before: unknown, after: unknown): unknown {
  if (isDeepStrictEqual(before, after)) return document;
  if (!isFields(before) || !isFields(after) || !isFields(document)) return after;
  const changed = new Map(Object.entries(document));
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!Object.hasOwn(after, key)) changed.delete(key);
    else if (!isDeepStrictEqual(own(before, key), own(after, key))) {
      changed.set(key, withChanges(changed.get(key), own(before, key), own(after, key)));
    }
  }
  return Object.fromEntries(changed);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
