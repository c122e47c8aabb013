import { defined, type Fields, optionalFields, optionalString, optionalStringMap } from "./fields.ts";
import type { Annotations } from "./scope.ts";

/** The metadata of a Kubernetes object, as far as sealing knows it. Fields it does not know ride along untouched. */
export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Annotations;
  readonly [other: string]: unknown;
}

/** What the API server writes and nobody else: of no use in a file, and harmful in a template. */
const SERVER_OWNED = [
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "selfLink",
  "ownerReferences",
  "managedFields",
];

/** These two hold a copy of the whole object, plaintext included (kubectl apply, kubecfg). */
const LAST_APPLIED = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "kubecfg.ksonnet.io/last-applied-configuration",
];

/**
 * A known field that is null is left out, as if it were absent.
 *
 * @throws SealwrightError `invalid_field`
 */
export function readObjectMeta(value: unknown, field: string): ObjectMeta {
  const fields = optionalFields(value, field) ?? {};
  return defined({
    ...fields,
    name: optionalString(fields["name"], `${field}.name`),
    namespace: optionalString(fields["namespace"], `${field}.namespace`),
    labels: optionalStringMap(fields["labels"], `${field}.labels`),
    annotations: optionalStringMap(fields["annotations"], `${field}.annotations`),
  });
}

/** The metadata without what the server owns and without the annotations that copy the plaintext. */
export function portableMeta(meta: ObjectMeta): ObjectMeta {
  const kept = omit(meta, SERVER_OWNED);
  if (meta.annotations === undefined) return kept;
  return { ...kept, annotations: omit(meta.annotations, LAST_APPLIED) };
}

/** The metadata without `annotations` and `labels` that hold nothing, as Go's encoder leaves them out. */
export function withoutEmptyMaps(meta: ObjectMeta): ObjectMeta {
  const empty = (["annotations", "labels"] as const).filter(
    (key) => meta[key] !== undefined && Object.keys(meta[key]).length === 0,
  );
  return omit(meta, empty);
}

/** The metadata with other annotations, or without the map where they are none. */
export function withAnnotations(meta: ObjectMeta, annotations: Annotations): ObjectMeta {
  return Object.keys(annotations).length === 0 ? omit(meta, ["annotations"]) : { ...meta, annotations };
}

/** The metadata without one annotation, and without the map where it was the only one. */
export function withoutAnnotation(meta: ObjectMeta, annotation: string): ObjectMeta {
  if (meta.annotations === undefined || !Object.hasOwn(meta.annotations, annotation)) return meta;
  return withAnnotations(meta, omit(meta.annotations, [annotation]));
}

function omit<T extends Fields>(fields: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !names.includes(key))) as T;
}
