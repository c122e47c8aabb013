import { SealwrightError } from "./errors.ts";
import {
  defined,
  type Fields,
  invalid,
  optionalBoolean,
  optionalFields,
  optionalString,
  optionalStringMap,
} from "./fields.ts";
import { assertBounded, assertSealedSize } from "./limits.ts";
import { type ObjectMeta, readObjectMeta } from "./object-meta.ts";
import { type Binding, scopeOf } from "./scope.ts";
import { kindOf } from "./secret.ts";

/** The `apiVersion` of every SealedSecret. */
export const SEALED_SECRET_API_VERSION = "bitnami.com/v1alpha1";
/** The `kind` of every SealedSecret. */
export const SEALED_SECRET_KIND = "SealedSecret";

/** What the Secret will look like, beside its encrypted items. No ciphertext binds any of it: it is hostile. */
export interface SecretTemplate {
  readonly metadata?: ObjectMeta;
  readonly type?: string;
  readonly immutable?: boolean;
  /** Item to Go template, or to null where the item is to be left out. */
  readonly data?: Readonly<Record<string, string | null>>;
  readonly [other: string]: unknown;
}

/** The `spec` of a SealedSecret. */
export interface SealedSecretSpec {
  /** Item to base64 of the bytes that `hybrid.ts` describes. */
  readonly encryptedData: Readonly<Record<string, string>>;
  readonly template?: SecretTemplate;
  /** Deprecated: base64 of one ciphertext, of a whole Secret. */
  readonly data?: string;
  readonly [other: string]: unknown;
}

/** A `bitnami.com/v1alpha1` SealedSecret: plain data, fields that nobody knows included. */
export interface SealedSecret {
  readonly apiVersion: typeof SEALED_SECRET_API_VERSION;
  readonly kind: typeof SEALED_SECRET_KIND;
  readonly metadata: ObjectMeta;
  readonly spec: SealedSecretSpec;
  readonly [other: string]: unknown;
}

/**
 * Reads a SealedSecret's manifest; fields that it does not know are kept, and known ones that are null are left out.
 *
 * @param value a parsed YAML or JSON document
 * @throws SealwrightError `wrong_kind`, `invalid_field`, `too_large`
 */
export function readSealedSecret(value: unknown): SealedSecret {
  assertBounded(value);
  const fields = optionalFields(value, "the document") ?? {};
  if (fields["apiVersion"] !== SEALED_SECRET_API_VERSION || fields["kind"] !== SEALED_SECRET_KIND) {
    throw new SealwrightError({ code: "wrong_kind", expected: "SealedSecret", found: kindOf(fields) });
  }
  const spec = optionalFields(fields["spec"], "spec");
  if (spec === undefined) throw invalid("spec", "an object");
  return {
    ...fields,
    apiVersion: SEALED_SECRET_API_VERSION,
    kind: SEALED_SECRET_KIND,
    metadata: readObjectMeta(fields["metadata"], "metadata"),
    spec: readSpec(spec),
  };
}

/** What the SealedSecret's ciphertexts are bound to: its own name and namespace, and the scope in its own annotations. */
export function bindingOf(sealed: SealedSecret): Binding {
  const { annotations, namespace = "", name = "" } = sealed.metadata;
  return { scope: scopeOf(annotations), namespace, name };
}

function readSpec(spec: Fields): SealedSecretSpec {
  const encryptedData = optionalStringMap(spec["encryptedData"], "spec.encryptedData") ?? {};
  const data = optionalString(spec["data"], "spec.data");
  assertSealedSize([...Object.values(encryptedData), ...(data === undefined ? [] : [data])]);
  return defined({ ...spec, encryptedData, template: readTemplate(spec["template"]), data });
}

function readTemplate(value: unknown): SecretTemplate | undefined {
  const template = optionalFields(value, "spec.template");
  if (template === undefined) return undefined;
  return defined({
    ...template,
    metadata: template["metadata"] == null ? undefined : readObjectMeta(template["metadata"], "spec.template.metadata"),
    type: optionalString(template["type"], "spec.template.type"),
    immutable: optionalBoolean(template["immutable"], "spec.template.immutable"),
    data: readTemplateData(template["data"]),
  });
}

function readTemplateData(value: unknown): SecretTemplate["data"] {
  const data = optionalFields(value, "spec.template.data");
  for (const [item, text] of Object.entries(data ?? {})) {
    if (text !== null && typeof text !== "string") throw invalid(`spec.template.data.${item}`, "a string or null");
  }
  return data as SecretTemplate["data"];
}
