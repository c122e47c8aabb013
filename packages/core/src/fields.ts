import { SealwrightError } from "./errors.ts";

/** A JSON object of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

/** Readers of one field each. An absent or null field is undefined; a field of another shape throws `invalid_field`. */

export function optionalFields(value: unknown, field: string): Fields | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw invalid(field, "an object");
  return value as Fields;
}

export function optionalString(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalid(field, "a string");
  return value;
}

export function optionalBoolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid(field, "true or false");
  return value;
}

export function optionalStringMap(value: unknown, field: string): Readonly<Record<string, string>> | undefined {
  const fields = optionalFields(value, field);
  if (fields === undefined) return undefined;
  for (const [key, entry] of Object.entries(fields)) {
    if (typeof entry !== "string") throw invalid(`${field}.${key}`, "a string");
  }
  return fields as Readonly<Record<string, string>>;
}

export function invalid(field: string, expected: string): SealwrightError {
  return new SealwrightError({ code: "invalid_field", field, expected });
}

/** The object without the fields whose value is undefined. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
