import { decodeBase64, encodeBase64, utf8 } from "./bytes.ts";
import { SealwrightError } from "./errors.ts";
import { defined, type Fields, invalid, optionalBoolean, optionalFields, optionalString } from "./fields.ts";
import { assertBounded } from "./limits.ts";
import { type ObjectMeta, portableMeta, readObjectMeta } from "./object-meta.ts";

/** A native Secret with its values as bytes. Item names are map keys, so that none (`__proto__`) is special. */
export interface Secret {
  readonly metadata: ObjectMeta;
  /** `Opaque`, `kubernetes.io/tls`, ...; absent where the manifest says nothing. */
  readonly type?: string;
  readonly immutable?: boolean;
  readonly data: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads a Secret's manifest. `stringData` wins over `data` on the same item, a null value is an empty one, and what the API server
 * owns in the metadata is left out.
 *
 * @param value a parsed YAML or JSON document
 * @throws SealwrightError `wrong_kind`, `invalid_field`, `invalid_base64`, `too_large`
 */
export function readSecret(value: unknown): Secret {
  assertBounded(value);
  const fields = optionalFields(value, "the document") ?? {};
  if (fields["apiVersion"] !== "v1" || fields["kind"] !== "Secret") {
    throw new SealwrightError({ code: "wrong_kind", expected: "Secret", found: kindOf(fields) });
  }
  return {
    metadata: portableMeta(readObjectMeta(fields["metadata"], "metadata")),
    ...defined({
      type: optionalString(fields["type"], "type"),
      immutable: optionalBoolean(fields["immutable"], "immutable"),
    }),
    data: new Map([
      ...readItems(fields, "data", (text) => decodeBase64(text)),
      ...readItems(fields, "stringData", (text) => utf8(text)),
    ]),
  };
}

/** The manifest of a Secret: plain data, ready to be written as JSON or YAML. */
export function secretManifest(secret: Secret): Readonly<Record<string, unknown>> {
  return defined({
    apiVersion: "v1",
    kind: "Secret",
    metadata: secret.metadata,
    type: secret.type,
    immutable: secret.immutable,
    data: Object.fromEntries([...secret.data].map(([item, bytes]) => [item, encodeBase64(bytes)])),
  });
}

/** Overwrites the values with zeros. Copies that were made of them, as in a manifest, are not reached. */
export function wipeSecret(secret: Secret): void {
  for (const value of secret.data.values()) value.fill(0);
}

/** `apiVersion kind` as the document says it, or null where it says neither. */
export function kindOf(fields: Fields): string | null {
  const parts = [fields["apiVersion"], fields["kind"]].filter((part) => typeof part === "string");
  return parts.length === 0 ? null : parts.join(" ");
}

function* readItems(
  fields: Fields,
  field: "data" | "stringData",
  decode: (text: string) => Uint8Array | null,
): Generator<[string, Uint8Array]> {
  for (const [item, value] of Object.entries(optionalFields(fields[field], field) ?? {})) {
    if (value !== null && typeof value !== "string") throw invalid(`${field}.${item}`, "a string");
    const bytes = decode(value ?? "");
    if (value?.isWellFormed() === false) throw invalid(`${field}.${item}`, "well-formed Unicode");
    if (bytes === null) throw new SealwrightError({ code: "invalid_base64", field: `${field}.${item}` });
    yield [item, bytes];
  }
}
