import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Schema } from "./schema.ts";

/** Fields that an object has whatever its schema says; the API server reads them itself. */
const OBJECT_FIELDS = ["apiVersion", "kind", "metadata"];

/**
 * Drops what the schema of a custom resource does not specify, at any depth, except below `x-kubernetes-preserve-unknown-fields`.
 * Gives back the paths of what was dropped, in the order in which the API server names them.
 */
export function prune(schema: Schema, object: JsonObject): string[] {
  const dropped: string[] = [];
  pruneObject(schema, object, "", true, dropped);
  return dropped;
}

function pruneValue(schema: Schema | undefined, value: Json, path: string, dropped: string[]): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      pruneValue(schema?.items, item, `${path}[${index}]`, dropped);
    });
  } else if (isJsonObject(value)) {
    pruneObject(schema ?? {}, value, path, schema?.["x-kubernetes-embedded-resource"] ?? false, dropped);
  }
}

function pruneObject(schema: Schema, value: JsonObject, path: string, isResource: boolean, dropped: string[]): void {
  const preserving = schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true;
  for (const key of Object.keys(value).sort()) {
    if (isResource && OBJECT_FIELDS.includes(key)) continue;
    const child = `${path === "" ? "" : `${path}.`}${key}`;
    const known = schema.properties !== undefined && Object.hasOwn(schema.properties, key);
    const type = known ? schema.properties?.[key] : schema.additionalProperties;
    if (typeof type === "object") {
      pruneValue(type, value[key] ?? null, child, dropped);
    } else if (!preserving) {
      delete value[key];
      dropped.push(child);
    }
  }
}
