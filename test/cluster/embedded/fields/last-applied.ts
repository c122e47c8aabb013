import { isJsonObject, type Json } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { Schema } from "../schema/schema.ts";
import { difference, type FieldSet, noFields } from "./field-set.ts";
import { compare, fieldSetOf } from "./ownership.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The fields that kubectl's client-side apply set and that still are as it set them: its server-side apply may take them over without
 * force.
 */
export function allowedByLastApplied(schema: Schema, live: KubeObject): FieldSet {
  const lastApplied = parse(live.metadata.annotations?.[ANNOTATION]);
  if (lastApplied === null) return noFields;
  const { added, removed, modified } = compare(schema, lastApplied, live);
  return [added, removed, modified].reduce(difference, fieldSetOf(schema, lastApplied));
}

/** Keeps the annotation, where there is one, in step with what kubectl applies on the server. */
export function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  if (!object.metadata.annotations?.[ANNOTATION]) return object;
  const { annotations: said, ...metadata } = config.metadata;
  const { [ANNOTATION]: _, ...annotations } = said ?? {};
  const applied = { ...config, metadata: { ...metadata, ...(said === undefined ? {} : { annotations }) } };
  const all = { ...object.metadata.annotations, [ANNOTATION]: `${JSON.stringify(applied)}\n` };
  return { ...object, metadata: { ...object.metadata, annotations: all } };
}

function parse(text: string | undefined): Json | null {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
