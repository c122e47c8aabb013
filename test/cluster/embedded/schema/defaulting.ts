import { cloneJson, isJsonObject, type Json } from "../json.ts";
import type { Schema } from "./schema.ts";

/** Fills in the defaults of a custom resource's schema, in place: for what is absent, and for a null that may not be one. */
export function applyDefaults(schema: Schema | undefined, value: Json): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) applyDefaults(schema.items, item);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, type] of Object.entries(schema.properties ?? {})) {
    const missing = !Object.hasOwn(value, name) || (value[name] === null && !type.nullable);
    if (type.default !== undefined && missing) value[name] = cloneJson(type.default);
    if (Object.hasOwn(value, name)) applyDefaults(type, value[name] ?? null);
  }
  if (typeof schema.additionalProperties !== "object") return;
  for (const [name, item] of Object.entries(value)) {
    if (!Object.hasOwn(schema.properties ?? {}, name)) applyDefaults(schema.additionalProperties, item);
  }
}

/** Drops, in place, the nulls of fields that are not nullable, as an API server does rather than refuse them. */
export function dropForbiddenNulls(schema: Schema | undefined, value: Json): void {
  if (schema === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) dropForbiddenNulls(schema.items, item);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [name, item] of Object.entries(value)) {
    const type = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : schema.additionalProperties;
    if (typeof type !== "object") continue;
    if (item === null && !type.nullable) delete value[name];
    else dropForbiddenNulls(type, item);
  }
}
