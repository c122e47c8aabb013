import type { ItemFinding, ObjectFinding, Severity, Verdict } from "@sealwright/core";

/**
 * What `verify` can find; scripts and dashboards rely on the codes: none ever changes its meaning. Those of core's diagnoses keep their
 * names, but for `hinted_key`, of which a project knows more.
 */
export type FindingCode =
  | Exclude<(ObjectFinding | ItemFinding)["code"], "hinted_key">
  | Exclude<Verdict["verdict"], "opens" | "not_base64" | "too_short">
  | "unreadable"
  | "template"
  | "invalid_object"
  | "plaintext_secret"
  | "project_namespace"
  | "project_scope"
  | "unknown_key"
  | "retired_key"
  | "opens_elsewhere"
  | "not_decryptable";

/** Something that is wrong or odd, and where. It never holds a value of a Secret. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The file's path as it was given, or `stdin`. */
  readonly source: string;
  /** Of the item where there is one, else of the document; from 1. */
  readonly line: number;
  /** Which document of the file, from 1. */
  readonly document: number;
  readonly object: FoundObject | null;
  readonly item: string | null;
  /** What is wrong, as one clause. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

export interface FoundObject {
  readonly kind: "SealedSecret" | "Secret";
  /** Empty where it names none. */
  readonly namespace: string;
  readonly name: string;
}

/** `shop/database`, as far as it is named. */
export function nameOfObject({ namespace, name }: FoundObject): string {
  return namespace === "" ? name || "without a name" : `${namespace}/${name}`;
}

/** `SealedSecret shop/database, item password`, or nothing where the file as a whole is meant. */
export function subjectOf({ object, item }: Finding): string {
  const parts = [
    ...(object === null ? [] : [`${object.kind} ${nameOfObject(object)}`]),
    ...(item === null ? [] : [`item ${item}`]),
  ];
  return parts.join(", ");
}
