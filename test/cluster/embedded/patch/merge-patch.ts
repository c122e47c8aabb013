import { isJsonObject, type Json } from "../json.ts";

/** RFC 7396: an object's nulls remove, its other values replace or merge; anything else replaces the whole. */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const kept = Object.entries(isJsonObject(target) ? target : {}).filter(([key]) => !Object.hasOwn(patch, key));
  const merged = Object.entries(patch)
    .filter(([, value]) => value !== null)
    .map(([key, value]): [string, Json] => {
      const existing = isJsonObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
      return [key, applyMergePatch(existing, value)];
    });
  return Object.fromEntries([...kept, ...merged]);
}
