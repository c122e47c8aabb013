import { asObject, isJsonObject, type Json } from "../json.ts";

/** Reads a value out of an object; all values that the path leads to. */
export type JsonPath = (root: Json) => Json[];

/**
 * The part of kubectl's JSONPath that printer columns are written in: `.a.b`, `['a']`, `[0]`, `[-1]`, `[*]` and
 * `[?(@.type=="Ready")]`. A path that is none of it leads nowhere.
 */
export function parseJsonPath(text: string): JsonPath {
  const steps: JsonPath[] = [];
  let rest = text.replace(/^\{(.*)\}$/, "$1").replace(/^\$/, "");
  while (rest !== "") {
    const step = STEPS.map(([pattern, make]) => [pattern.exec(rest), make] as const).find(([match]) => match !== null);
    if (step?.[0] == null) return () => [];
    steps.push(step[1](step[0][1] ?? "", step[0][2] ?? ""));
    rest = rest.slice(step[0][0].length);
  }
  return (root) => steps.reduce((values, step) => values.flatMap(step), [root]);
}

const STEPS: readonly (readonly [RegExp, (a: string, b: string) => JsonPath])[] = [
  [/^\.?\[\*\]/, () => items],
  [/^\.\*/, () => items],
  [/^\.?\[\?\(@\.([^=!]+?)\s*==\s*["']([^"']*)["']\)\]/, where],
  [/^\.?\[(-?\d+)\]/, (index) => (value) => (Array.isArray(value) ? itemAt(value, Number(index)) : [])],
  [/^\.?\[['"]([^'"]+)['"]\]/, field],
  [/^\.((?:[^.[\\]|\\.)+)/, (name) => field(name.replace(/\\(.)/g, "$1"))],
];

function items(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

function itemAt(list: readonly Json[], index: number): Json[] {
  const item = list.at(index);
  return item === undefined ? [] : [item];
}

function field(name: string): JsonPath {
  return (value) => (isJsonObject(value) && Object.hasOwn(value, name) ? [value[name] ?? null] : []);
}

function where(path: string, wanted: string): JsonPath {
  const read = parseJsonPath(`.${path}`);
  return (value) => items(value).filter((item) => read(asObject(item)).some((found) => String(found) === wanted));
}
