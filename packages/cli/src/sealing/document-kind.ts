import { SealwrightError } from "@sealwright/core";

/** What sealing does with a document: seals it, seals what is in it, or lets it through as it stands. */
export type DocumentKind = "secret" | "list" | "other";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A document that is none, or no manifest, is refused, and so is what only looks like a Secret: passed through, its values would end up
 * in Git.
 *
 * @throws SealwrightError `invalid_field`, `wrong_kind`
 */
export function kindOfDocument(value: unknown): DocumentKind {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SealwrightError({ code: "invalid_field", field: "the document", expected: "an object" });
  }
  const { apiVersion, kind } = value as Fields;
  if (apiVersion === "v1" && kind === "Secret") return "secret";
  if (isList(value)) return objectsIn(value).some((object) => kindOfDocument(object) === "secret") ? "list" : "other";
  const names = [apiVersion, kind].filter((name) => typeof name === "string");
  if (names.length < 2 || looksLikeSecret(names)) {
    const found = names.length === 0 ? null : names.join(" ");
    throw new SealwrightError({ code: "wrong_kind", expected: "Secret", found });
  }
  return "other";
}

/** The objects of a List, and of Lists in it; of a SecretList, each as the Secret that it is. Anything else is itself. */
export function objectsIn(value: unknown): readonly unknown[] {
  if (!isList(value)) return [value];
  const { kind, items } = value as Fields;
  if (!Array.isArray(items)) return [];
  const whole = kind === "SecretList" ? items.map((item) => ({ apiVersion: "v1", kind: "Secret", ...item })) : items;
  return whole.flatMap(objectsIn);
}

export function isList(value: unknown): boolean {
  const { apiVersion, kind } = (value ?? {}) as Fields;
  return apiVersion === "v1" && (kind === "List" || kind === "SecretList");
}

/** A Secret's kind and version belong together: one without the other is a slip. */
function looksLikeSecret([apiVersion = "", kind = ""]: readonly string[]): boolean {
  return /^secrets?$/i.test(kind) && /^(core\/)?v\d+([a-z]+\d+)?$/i.test(apiVersion);
}
