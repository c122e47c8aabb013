/**
 * Where Go wants a string, and so turns a number or a boolean into one: the string fields of the types that a document is decoded
 * into. Everything not named here keeps its own type. As in k8s.io/api v0.36 and sealed-secrets v0.40:
 *
 * - `apiVersion` and `kind` are missing on purpose: they belong to an embedded struct, where sigs.k8s.io/yaml looks no further.
 * - So are times, `managedFields[].fieldsV1` and `spec.encryptedData`, which decode themselves. What is no string in encryptedData
 *   Go turns into an empty one, without a word; here it stays what it is, to be refused by whoever reads the SealedSecret.
 * - `data` of a Secret and `spec.data` are bytes to Go, so a number there stays one and is refused later, as Go refuses it.
 *
 * Go also matches the names of fields without regard to case (`StringData`), which kubectl's server does not: nor do we.
 */
export type Target =
  | { readonly kind: "any" }
  | { readonly kind: "string" }
  /** Every value of a mapping or item of a list. Null becomes an empty string, unless null has a meaning of its own. */
  | { readonly kind: "each"; readonly of: Target; readonly null: "kept" | "emptied" }
  | { readonly kind: "fields"; readonly fields: ReadonlyMap<string, Target> }
  /** An object that says by its own `kind` what it is. */
  | { readonly kind: "object" };

const ANY: Target = { kind: "any" };
const STRING: Target = { kind: "string" };
const STRINGS: Target = { kind: "each", of: STRING, null: "emptied" };
const NULLABLE_STRINGS: Target = { kind: "each", of: STRING, null: "kept" };

const METADATA = fields({
  name: STRING,
  generateName: STRING,
  namespace: STRING,
  selfLink: STRING,
  uid: STRING,
  resourceVersion: STRING,
  labels: STRINGS,
  annotations: STRINGS,
  finalizers: STRINGS,
  ownerReferences: each(fields({ apiVersion: STRING, kind: STRING, name: STRING, uid: STRING })),
  managedFields: each(
    fields({ manager: STRING, operation: STRING, apiVersion: STRING, fieldsType: STRING, subresource: STRING }),
  ),
});

const SECRET = fields({
  metadata: METADATA,
  type: STRING,
  data: { kind: "each", of: ANY, null: "emptied" },
  stringData: STRINGS,
});

const SEALED_SECRET = fields({
  metadata: METADATA,
  spec: fields({ template: fields({ metadata: METADATA, type: STRING, data: NULLABLE_STRINGS }) }),
  status: fields({
    conditions: each(fields({ type: STRING, status: STRING, reason: STRING, message: STRING })),
  }),
});

/** Items of a List say themselves what they are; those of a list of one kind need not. */
const BY_KIND: ReadonlyMap<unknown, Target> = new Map([
  ["Secret", SECRET],
  ["SealedSecret", SEALED_SECRET],
  ["List", fields({ items: each({ kind: "object" }) })],
  ["SecretList", fields({ items: each(SECRET) })],
  ["SealedSecretList", fields({ items: each(SEALED_SECRET) })],
]);

/** What to make of an object, by its `kind`. */
export function targetOfKind(kind: unknown): Target {
  return BY_KIND.get(kind) ?? ANY;
}

function each(of: Target): Target {
  return { kind: "each", of, null: "kept" };
}

function fields(targets: Readonly<Record<string, Target>>): Target {
  return { kind: "fields", fields: new Map(Object.entries(targets)) };
}
