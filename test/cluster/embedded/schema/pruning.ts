import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Schema } from "./schema.ts";

/** Fields that an object has whatever its schema says; the API server reads them itself. */
const OBJECT_FIELDS = ["apiVersion", "kind", "metadata"];

/**
 * Drops what the schema of a custom resource does not specify, at any depth, except below `x-kubernetes-preserve-unknown-fields`.
 * Gives back the paths of what was dropped, in the order in which the API server names them.
 */
export function prune(schema: Schema, object: JsonObject): string[] {
  return pruneObject({ ...schema, "x-kubernetes-embedded-resource": true }, object, "");
}

function pruneValue(schema: Schema | undefined, value: Json, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => pruneValue(schema?.items, item, `${path}[${index}]`));
  return isJsonObject(value) ? pruneObject(schema ?? {}, value, path) : [];
}

function pruneObject(schema: Schema, value: JsonObject, path: string): string[] {
  const preserving = schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true;
  const own = schema["x-kubernetes-embedded-resource"] ? OBJECT_FIELDS : [];
  const keys = Object.keys(value).filter((key) => !own.includes(key));
  return keys.sort().flatMap((key) => {
    const child = path === "" ? key : `${path}.${key}`;
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, key);
    const type = known ? schema.properties?.[key] : schema.additionalProperties;
    if (typeof type === "object") return pruneValue(type, value[key] ?? null, child);
    if (preserving) return [];
    delete value[key];
    return [child];
  });
}
