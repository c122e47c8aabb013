import type { ItemFailure, MissingPart, Problem, TemplateLimit } from "./errors.ts";

/** Item names come from outside: enough of one to find it, not enough to flood a log line. */
const SHOWN_NAME = 80;
const SHOWN_ITEMS = 5;
/** What Go says of a template, which may quote a long line of it. */
const SHOWN_TEXT = 200;

/** One sentence for a person: what is wrong and where. The only place where a code becomes words. Never a value. */
export function describeProblem(problem: Problem): string {
  switch (problem.code) {
    case "wrong_kind":
      return `expected a ${problem.expected}, found ${problem.found === null ? "no apiVersion and kind" : printable(problem.found)}`;
    case "invalid_field":
      return `${printable(problem.field)} must be ${problem.expected}`;
    case "invalid_base64":
      return `${printable(problem.field)} is not valid base64`;
    case "missing_name":
      return "metadata.name is missing";
    case "missing_namespace":
      return `metadata.namespace is missing, and the scope ${problem.scope} needs one`;
    case "empty_data":
      return "the Secret has neither data nor stringData";
    case "too_large":
      return `too large: no more than ${problem.limit} ${problem.what} are allowed`;
    case "invalid_item_name":
      return `${JSON.stringify(printable(problem.item))} cannot name an item: 1 to 253 letters, digits, '-', '_' and '.' can`;
    case "incomplete_type":
      return `a Secret of type ${printable(problem.type)} needs ${problem.missing.map(describePart).join(" and ")}`;
    case "item_not_json":
      return `in a Secret of type ${printable(problem.type)} the item ${printable(problem.item)} must be a JSON object`;
    case "item_exists":
      return `there is an item ${printable(problem.item)} already`;
    case "item_missing":
      return `there is no item ${printable(problem.item)}`;
    case "unknown_scope":
      return `unknown scope ${JSON.stringify(printable(problem.found))}: it is strict, namespace-wide or cluster-wide`;
    case "certificate_unreadable":
      return "this is not a PEM certificate";
    case "certificate_not_rsa":
      return `the certificate's key is ${printable(problem.found)}, where sealing needs RSA`;
    case "certificate_weak":
      return `the certificate's RSA key has ${problem.bits} bits, and fewer than 2048 are not safe`;
    case "certificate_expired":
      return `the certificate expired on ${isoSecond(problem.notAfter)}`;
    case "certificate_not_yet_valid":
      return `the certificate is valid only from ${isoSecond(problem.notBefore)} on`;
    case "private_key_unreadable":
      return "this is not a PEM private key without a passphrase";
    case "private_key_not_rsa":
      return `the private key is ${printable(problem.found)}, where unsealing needs RSA`;
    case "private_key_missing":
      return "there is no private key in it (a key's Secret has it as tls.key)";
    case "private_key_mismatch":
      return "the private key does not belong to the certificate";
    case "key_size":
      return `a sealing key has 2048 to 8192 bits in steps of 8, not ${problem.bits}`;
    case "no_sealing_key":
      return "there is no sealing key";
    case "undecryptable":
      return describeItems(problem.items);
    case "deprecated_data":
      return "spec.data, the format of before 2018, is not accepted: seal it again into spec.encryptedData";
    case "conflicting_data":
      return "spec.encryptedData and the deprecated spec.data cannot be used together";
    case "deprecated_data_unreadable":
      return "spec.data decrypts to something that is no Secret";
    case "template_engine_absent":
      return `spec.template.data.${printable(problem.item)} is a Go template, and no template engine is at hand`;
    case "template_parse":
      return `${templateOf(problem)} is no valid template: ${position(problem)}${printable(problem.text, SHOWN_TEXT)}`;
    case "template_failed":
      return `${templateOf(problem)} failed: ${position(problem)}the rest of Go's message may hold a value and is left out`;
    case "template_limit":
      return `${templateOf(problem)} ${describeLimit(problem.limit)}`;
  }
}

function describePart(missing: MissingPart): string {
  switch (missing.part) {
    case "item":
      return `the item ${missing.anyOf.join(" or ")}`;
    case "annotation":
      return `the annotation ${missing.annotation}`;
  }
}

/** Items that failed alike are named together: mostly that is all of them. */
function describeItems(items: ReadonlyMap<string, ItemFailure>): string {
  const byFailure = Map.groupBy(items, ([, failure]) => failure);
  return [...byFailure]
    .map(([failure, alike]) => `${describeNames(alike.map(([item]) => item))}: ${describeFailure(failure)}`)
    .join("; ");
}

function describeNames(names: readonly string[]): string {
  const shown = names
    .slice(0, SHOWN_ITEMS)
    .map((name) => printable(name))
    .join(", ");
  return names.length <= SHOWN_ITEMS ? shown : `${shown} and ${names.length - SHOWN_ITEMS} more`;
}

export function describeFailure(failure: ItemFailure): string {
  switch (failure) {
    case "not_base64":
      return "not valid base64";
    case "too_short":
      return "cut short";
    case "no_key_of_that_length":
      return "sealed to a key of a length that no key here has";
    case "no_key_opens":
      return "cannot be decrypted (sealed to another key, name, namespace or scope, or altered since)";
    case "not_tried":
      return "not tried, since too many attempts on other items had failed";
  }
}

function templateOf({ item }: { readonly item: string }): string {
  return `spec.template.data.${printable(item)}`;
}

function position({ line, column }: { readonly line: number | null; readonly column?: number | null }): string {
  if (line === null) return "";
  return column == null ? `line ${line}: ` : `line ${line}, column ${column}: `;
}

function describeLimit(limit: TemplateLimit): string {
  switch (limit) {
    case "time":
      return "takes too long to render";
    case "memory":
      return "takes too much memory to render";
    case "depth":
      return "recurs too deeply to be rendered";
    case "output":
      return "renders to more than the 1 MiB that a Secret can hold";
    case "namespace":
      return "was not rendered: the templates of its namespace have used up their time for now";
    case "crash":
      return "made the template engine stop";
  }
}

/** A name from outside as a terminal, a status or a log line may show it: on one line, without control characters, cut at 80. */
export function printable(text: string, shown = SHOWN_NAME): string {
  const clean = text.replace(/[^\x20-\x7e]/gu, "?");
  return clean.length <= shown ? clean : `${clean.slice(0, shown)}...`;
}

function isoSecond(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
