import { compareKeys } from "./key-order.ts";

/** A value checked to be what JSON can hold, its objects as entries in the order to write them. */
export type Writable = null | boolean | number | string | readonly Writable[] | Entries;

export interface Entries {
  readonly entries: readonly (readonly [key: string, value: Writable])[];
}

export function writableValue(value: unknown, sortKeys: boolean): Writable {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return wellFormed(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError("a manifest cannot hold a number that is not finite");
      return value;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item: unknown) => writableValue(item ?? null, sortKeys));
      return entriesOf(value, sortKeys);
    default:
      throw new TypeError(`a manifest cannot hold a ${typeof value}`);
  }
}

function entriesOf(object: object, sortKeys: boolean): Entries {
  const fields = Object.entries(object).filter(([, value]) => value !== undefined);
  if (sortKeys) fields.sort(([a], [b]) => compareKeys(a, b));
  return { entries: fields.map(([key, value]) => [wellFormed(key), writableValue(value, sortKeys)] as const) };
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("a manifest cannot hold half a surrogate pair");
  return text;
}

export function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}

export function isObject(value: Writable): value is Entries {
  return typeof value === "object" && value !== null && "entries" in value && !isList(value);
}
