import { type ObjectMeta, withoutAnnotation } from "./object-meta.ts";

/**
 * An annotation of the template: the items, with commas between, that are left out of the Secret, as those that `template.data`
 * has as null. Unlike a null it outlives every tool on the way: kubectl takes nulls out before it sends them, and so do some API
 * servers.
 */
export const OMIT_ANNOTATION = "sealwright.dev/omit";

/** The items that a template leaves out. */
export function omittedItems(metadata: ObjectMeta = {}): ReadonlySet<string> {
  const list = metadata.annotations?.[OMIT_ANNOTATION];
  if (list === undefined) return new Set();
  const names = list.split(",").map((name) => name.trim());
  return new Set(names.filter((name) => name !== ""));
}

/** The items without those; their values are left as they are. */
export function withoutOmitted(
  data: ReadonlyMap<string, Uint8Array>,
  metadata?: ObjectMeta,
): ReadonlyMap<string, Uint8Array> {
  const omitted = omittedItems(metadata);
  return new Map([...data].filter(([item]) => !omitted.has(item)));
}

/** The metadata of the Secret, which does not carry the annotation. */
export function withoutOmitAnnotation(metadata: ObjectMeta): ObjectMeta {
  return withoutAnnotation(metadata, OMIT_ANNOTATION);
}
