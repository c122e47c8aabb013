import { decodeBase64 } from "./bytes.ts";
import type { Certificate } from "./certificate.ts";
import { DEPRECATED_DATA } from "./deprecated-data.ts";
import { boundPart, type Hint, isHintOf, keyOfHint, readHints } from "./hints.ts";
import { type HybridParts, splitHybrid } from "./hybrid.ts";
import { isItemName } from "./item-name.ts";
import { type Binding, isBindable, SCOPE_ANNOTATIONS, type Scope, scopeOf } from "./scope.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";

/** What is odd about an object as a whole. */
export type ObjectFinding =
  | { readonly code: "missing_name" }
  | { readonly code: "missing_namespace"; readonly scope: Scope }
  /** Kubernetes takes no such name, so that nothing sealed to it can ever open. */
  | { readonly code: "impossible_name" }
  /** It declares both wide scopes; cluster-wide wins. */
  | { readonly code: "two_scopes" }
  /** A scope annotation with another value than `true`, which counts for nothing. */
  | { readonly code: "scope_ignored"; readonly annotation: string }
  /** Its template declares another scope than the object's own, which alone counts. */
  | { readonly code: "template_scope"; readonly object: Scope; readonly template: Scope }
  /** Sealing tools write the object's name and namespace into the template too: it was renamed or moved since. */
  | { readonly code: "template_name"; readonly object: string; readonly template: string }
  | { readonly code: "template_namespace"; readonly object: string; readonly template: string }
  | { readonly code: "deprecated_data" }
  | { readonly code: "conflicting_data" }
  | { readonly code: "no_items" };

/** What is odd about one item. */
export type ItemFinding =
  | { readonly code: "not_base64" }
  | { readonly code: "too_short" }
  /** It is sealed to a key of so many bits, which is the length of no sealing key, or of none of the certificates. */
  | { readonly code: "key_length"; readonly bits: number }
  | { readonly code: "invalid_item_name" }
  /** Its hint speaks of another value: another tool has exchanged it since. */
  | { readonly code: "hint_outdated" }
  /** Its hint says that it was sealed to another scope, namespace or name. What the scope does not bind is empty. */
  | { readonly code: "hinted_elsewhere"; readonly binding: Binding }
  /** Its hint says that it was sealed to another key than those of the certificates. */
  | { readonly code: "hinted_key" };

/**
 * What can be known of an object without a private key, by everybody who can read it: fit for any log, status or answer. Nothing
 * in it is proof that an item opens.
 */
export interface PublicDiagnosis {
  readonly form: "public";
  readonly object: readonly ObjectFinding[];
  /** Only items of which there is something to say; `spec.data` stands for that of the deprecated format. */
  readonly items: ReadonlyMap<string, readonly ItemFinding[]>;
}

/** What an object is compared with. */
export interface InspectOptions {
  /** Those of the cluster that the object is meant for; without any, nothing is said about which key it was sealed to. */
  readonly certificates?: readonly Certificate[];
}

/** Whether an object with that finding cannot open, or only looks as if somebody had not meant it so. */
export type Severity = "error" | "warning";

/** Looks at an object without a private key: its shape, its metadata, and the hints that our sealing writes. */
export async function inspect(sealed: SealedSecret, options: InspectOptions = {}): Promise<PublicDiagnosis> {
  const hints = readHints(sealed.metadata.annotations);
  const binding = bindingOf(sealed);
  const items = new Map<string, readonly ItemFinding[]>();
  for (const [item, text] of sealedTexts(sealed)) {
    const hint = hints.get(item) ?? null;
    const findings = await inspectItem({ item, text, hint, binding, certificates: options.certificates ?? [] });
    if (findings.length > 0) items.set(item, findings);
  }
  return { form: "public", object: [...inspectObject(sealed, binding)], items };
}

/** `error` where an object with that finding cannot open. */
export function severityOf(finding: ObjectFinding | ItemFinding): Severity {
  switch (finding.code) {
    case "missing_name":
    case "missing_namespace":
    case "impossible_name":
    case "conflicting_data":
    case "not_base64":
    case "too_short":
    case "key_length":
    case "invalid_item_name":
    case "hinted_elsewhere":
    case "hinted_key":
      return "error";
    case "two_scopes":
    case "scope_ignored":
    case "template_scope":
    case "template_name":
    case "template_namespace":
    case "deprecated_data":
    case "no_items":
    case "hint_outdated":
      return "warning";
  }
}

/** All sealed texts of an object by item. */
export function sealedTexts({ spec }: SealedSecret): readonly (readonly [string, string])[] {
  return [
    ...Object.entries(spec.encryptedData),
    ...(spec.data === undefined ? [] : [[DEPRECATED_DATA, spec.data] as const]),
  ];
}

function* inspectObject({ metadata, spec }: SealedSecret, binding: Binding): Generator<ObjectFinding> {
  const { scope, namespace, name } = binding;
  if (name === "") yield { code: "missing_name" };
  else if (namespace === "" && scope !== "cluster-wide") yield { code: "missing_namespace", scope };
  else if (!isBindable(binding)) yield { code: "impossible_name" };

  const declared = SCOPE_ANNOTATIONS.filter((annotation) => Object.hasOwn(metadata.annotations ?? {}, annotation));
  const effective = declared.filter((annotation) => metadata.annotations?.[annotation] === "true");
  if (effective.length > 1) yield { code: "two_scopes" };
  for (const annotation of declared) {
    if (!["true", "false"].includes(metadata.annotations?.[annotation] ?? ""))
      yield { code: "scope_ignored", annotation };
  }

  const template = spec.template?.metadata;
  if (template !== undefined) yield* compareTemplate(template, binding);
  const items = Object.keys(spec.encryptedData).length;
  if (spec.data !== undefined) yield { code: items > 0 ? "conflicting_data" : "deprecated_data" };
  else if (items === 0) yield { code: "no_items" };
}

function* compareTemplate(
  template: NonNullable<NonNullable<SealedSecret["spec"]["template"]>["metadata"]>,
  { scope, namespace, name }: Binding,
): Generator<ObjectFinding> {
  const scopeOfTemplate = scopeOf(template.annotations);
  // Without any annotation a template says nothing: whoever wrote it by hand had no need of one.
  if (scopeOfTemplate !== "strict" && scopeOfTemplate !== scope)
    yield { code: "template_scope", object: scope, template: scopeOfTemplate };
  if (template.name !== undefined && template.name !== name && scope === "strict") {
    yield { code: "template_name", object: name, template: template.name };
  }
  if (template.namespace !== undefined && template.namespace !== namespace && scope !== "cluster-wide") {
    yield { code: "template_namespace", object: namespace, template: template.namespace };
  }
}

interface ItemToInspect {
  readonly item: string;
  readonly text: string;
  readonly hint: Hint | null;
  readonly binding: Binding;
  readonly certificates: readonly Certificate[];
}

async function inspectItem({
  item,
  text,
  hint,
  binding,
  certificates,
}: ItemToInspect): Promise<readonly ItemFinding[]> {
  const name: readonly ItemFinding[] = isItemName(item) ? [] : [{ code: "invalid_item_name" }];
  const bytes = decodeBase64(text);
  if (bytes === null) return [...name, { code: "not_base64" }];
  const parts = splitHybrid(bytes);
  if (parts === null) return [...name, { code: "too_short" }];
  return [
    ...name,
    ...compareLength(parts, certificates),
    ...(hint ? await compareHint(hint, bytes, binding, certificates) : []),
  ];
}

function compareLength({ encapsulated }: HybridParts, certificates: readonly Certificate[]): readonly ItemFinding[] {
  const bits = 8 * encapsulated.length;
  const known = certificates.map(({ publicKey }) => 8 * Math.ceil(publicKey.bits / 8));
  const fits = known.length > 0 ? known.includes(bits) : bits >= 2048 && bits <= 8192;
  return fits ? [] : [{ code: "key_length", bits }];
}

async function compareHint(
  hint: Hint,
  bytes: Uint8Array,
  binding: Binding,
  certificates: readonly Certificate[],
): Promise<readonly ItemFinding[]> {
  if (!(await isHintOf(hint, bytes))) return [{ code: "hint_outdated" }];
  const findings: ItemFinding[] = [];
  if (!isSameBinding(hint.binding, boundPart(binding)))
    findings.push({ code: "hinted_elsewhere", binding: hint.binding });
  const isKnown = certificates.some(({ fingerprint }) => keyOfHint(fingerprint) === hint.key);
  if (certificates.length > 0 && !isKnown) findings.push({ code: "hinted_key" });
  return findings;
}

function isSameBinding(a: Binding, b: Binding): boolean {
  return a.scope === b.scope && a.namespace === b.namespace && a.name === b.name;
}
