import { badRequest } from "../api-error.ts";
import type { KubeObject } from "../kube-object.ts";
import type { Resource } from "../resource.ts";

/** Whether an object is one of those asked for. */
export type Selector = (object: KubeObject) => boolean;

/** Reads `labelSelector` and `fieldSelector` of a request. Throws a 400 where one of them is none, or names a field that cannot be asked for. */
export function parseSelector(resource: Resource, query: URLSearchParams): Selector {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(resource, query.get("fieldSelector") ?? "");
  return (object) => labels(object.metadata.labels ?? {}) && fields(object);
}

/** Whether the request asks for a part only, so that the server does not count what remains. */
export function selects(query: URLSearchParams): boolean {
  return Boolean(query.get("labelSelector") || query.get("fieldSelector"));
}

type Labels = Readonly<Record<string, string>>;
type LabelTest = (labels: Labels) => boolean;

function parseLabelSelector(text: string): LabelTest {
  const tests = splitOutsideParentheses(text).map(parseRequirement);
  return (labels) => tests.every((test) => test(labels));
}

/** Commas separate requirements, and values within `in (...)`. */
function splitOutsideParentheses(text: string): string[] {
  return text.trim() === "" ? [] : text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

const KEY = "([A-Za-z0-9][-A-Za-z0-9_./]*)";
const VALUE = "([-A-Za-z0-9_.]*)";

const REQUIREMENTS: readonly (readonly [RegExp, (key: string, value: string) => LabelTest])[] = [
  [new RegExp(`^${KEY}$`), (key) => (labels) => labels[key] !== undefined],
  [new RegExp(`^!\\s*${KEY}$`), (key) => (labels) => labels[key] === undefined],
  [new RegExp(`^${KEY}\\s*==?\\s*${VALUE}$`), (key, value) => (labels) => labels[key] === value],
  [new RegExp(`^${KEY}\\s*!=\\s*${VALUE}$`), (key, value) => (labels) => labels[key] !== value],
  [new RegExp(`^${KEY}\\s+in\\s*\\(([^)]*)\\)$`), (key, values) => oneOf(key, values)],
  [new RegExp(`^${KEY}\\s+notin\\s*\\(([^)]*)\\)$`), (key, values) => (labels) => !oneOf(key, values)(labels)],
];

function oneOf(key: string, values: string): LabelTest {
  const options = values.split(",").map((value) => value.trim());
  return (labels) => {
    const value = labels[key];
    return value !== undefined && options.includes(value);
  };
}

function parseRequirement(text: string): LabelTest {
  for (const [pattern, make] of REQUIREMENTS) {
    const [match, key = "", value = ""] = pattern.exec(text) ?? [];
    if (match !== undefined) return make(key, value);
  }
  throw badRequest(`unable to parse requirement: found '${text}'`);
}

function parseFieldSelector(resource: Resource, text: string): Selector {
  const tests = text === "" ? [] : text.split(/(?<!\\),/).map((term) => parseTerm(resource, term));
  return (object) => tests.every((test) => test(object));
}

function parseTerm(resource: Resource, term: string): Selector {
  const [match, field = "", operator = "", raw = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
  if (match === undefined) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const value = raw.replace(/\\([\\,=])/g, "$1");
  const read = readerOf(resource, field);
  return operator === "!=" ? (object) => read(object) !== value : (object) => read(object) === value;
}

function readerOf(resource: Resource, field: string): (object: KubeObject) => string {
  if (field === "metadata.name") return (object) => object.metadata.name ?? "";
  if (field === "metadata.namespace" && resource.namespaced) return (object) => object.metadata.namespace ?? "";
  const read = Object.hasOwn(resource.selectableFields, field) ? resource.selectableFields[field] : undefined;
  if (read === undefined) throw badRequest(`field label not supported: ${field}`);
  return read;
}
