import type { Cause } from "../api-error.ts";
import type { Json } from "../json.ts";
import type { ObjectMeta, OwnerReference } from "../kube-object.ts";
import { forbiddenValue, invalidValue, required, tooLong } from "./cause.ts";
import { labelValue, type NameRule, qualifiedName } from "./name-rules.ts";

const MAX_ANNOTATIONS_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ["kubernetes", "orphan", "foregroundDeletion"];

/** What is wrong with the metadata of any object. */
export function validateObjectMeta(meta: ObjectMeta, checkName: NameRule): Cause[] {
  return [
    ...validateName(meta, checkName),
    ...validateLabels(meta.labels ?? {}),
    ...validateAnnotations(meta.annotations ?? {}),
    ...validateOwnerReferences(meta.ownerReferences ?? []),
    ...validateFinalizers(meta.finalizers ?? []),
  ];
}

function validateName({ name = "", generateName }: ObjectMeta, checkName: NameRule): Cause[] {
  if (name !== "") return checkName(name).map((why) => invalidValue("metadata.name", name, why));
  return generateName ? [] : [required("metadata.name", "name or generateName is required")];
}

function validateLabels(labels: Readonly<Record<string, string>>): Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedName(key).map((why) => invalidValue("metadata.labels", key, why)),
    ...labelValue(value).map((why) => invalidValue("metadata.labels", value, why)),
  ]);
}

function validateAnnotations(annotations: Readonly<Record<string, string>>): Cause[] {
  const entries = Object.entries(annotations);
  const keys = entries.flatMap(([key]) =>
    qualifiedName(key.toLowerCase()).map((why) => invalidValue("metadata.annotations", key, why)),
  );
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return size > MAX_ANNOTATIONS_BYTES ? [...keys, tooLong("metadata.annotations", MAX_ANNOTATIONS_BYTES)] : keys;
}

function validateOwnerReferences(references: readonly OwnerReference[]): Cause[] {
  const field = "metadata.ownerReferences";
  const empty = references.flatMap((reference) =>
    (["apiVersion", "kind", "name", "uid"] as const)
      .filter((key) => !reference[key])
      .map((key) => invalidValue(`${field}.${key}`, reference[key] ?? "", "must not be empty")),
  );
  const controllers = references.filter(({ controller }) => controller);
  if (controllers.length < 2) return empty;
  const names = controllers.slice(0, 2).map(({ kind, name }) => `${kind}/${name}`);
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${names.join(" and ")}`;
  return [...empty, invalidValue(field, references as OwnerReference[], why)];
}

function validateFinalizers(finalizers: readonly string[]): Cause[] {
  return finalizers.flatMap((finalizer, index) => {
    const field = `metadata.finalizers[${index}]`;
    const wrong = qualifiedName(finalizer).map((why) => invalidValue(field, finalizer, why));
    if (wrong.length > 0 || finalizer.includes("/") || STANDARD_FINALIZERS.includes(finalizer)) return wrong;
    return [invalidValue(field, finalizer, "name is neither a standard finalizer name nor is it fully qualified")];
  });
}

const IMMUTABLE = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] as const;

/** What of the metadata may not change in an update. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta): Cause[] {
  const changed = IMMUTABLE.filter((field) => meta[field] !== old[field]).map((field) =>
    invalidValue(`metadata.${field}`, (meta[field] ?? null) as Json, "field is immutable"),
  );
  if (old.deletionTimestamp === undefined) return changed;
  const added = (meta.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer));
  if (added.length === 0) return changed;
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(", ");
  const why = "no new finalizers can be added if the object is being deleted, found new finalizers";
  return [...changed, forbiddenValue("metadata.finalizers", `${why} []string{${list}}`)];
}
