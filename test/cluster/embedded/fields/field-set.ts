import { isJsonObject, type JsonObject } from "../json.ts";

/**
 * A set of field paths, as a tree. The names of its branches are those of the `FieldsV1` format: `f:name` a field, `k:{"name":"x"}` an
 * item of a list by its keys, `v:"x"` an item of a set.
 */
export interface FieldSet {
  /** Whether the path that leads here is in the set, which says nothing about the paths below. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const noFields: FieldSet = { member: false, children: new Map() };

export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && inB);
}

/** What is in `a` and not in `b`, path by path: what lies below a path of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && !inB);
}

/** `a` without the paths of `b` and all that lies below them. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  const kept = [...a.children].flatMap(([name, child]) => {
    const other = b.children.get(name);
    return other?.member ? [] : [[name, other ? without(child, other) : child] as const];
  });
  return node(a.member, kept);
}

/** The set of a single path, or of what a callback adds below it. */
export function fieldPath(...path: readonly string[]): FieldSet {
  return path.reduceRight((below: FieldSet, name) => node(false, [[name, below]]), {
    member: true,
    children: new Map(),
  });
}

/** Drops branches that hold nothing. */
export function node(member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet {
  return { member, children: new Map([...children].filter(([, child]) => !isEmpty(child))) };
}

function combine(a: FieldSet, b: FieldSet, rule: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const names = new Set([...a.children.keys(), ...b.children.keys()]);
  return node(
    rule(a.member, b.member),
    [...names].map((name) => [name, combine(a.children.get(name) ?? noFields, b.children.get(name) ?? noFields, rule)]),
  );
}

/** Every path of the set, each as the list of its branches. */
export function* pathsOf(set: FieldSet, prefix: readonly string[] = []): Generator<readonly string[]> {
  if (set.member) yield prefix;
  for (const [name, child] of set.children) yield* pathsOf(child, [...prefix, name]);
}

/** As people read a path: `.spec.ports[port=80,protocol="TCP"].name`. */
export function renderPath(path: readonly string[]): string {
  return path.map(renderElement).join("");
}

function renderElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith("f:")) return `.${text}`;
  if (element.startsWith("v:")) return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
}

export function parseFieldsV1(fields: JsonObject): FieldSet {
  const entries = Object.entries(fields).filter(([name]) => name !== ".");
  const children = entries.map(([name, below]) => {
    const inner = isJsonObject(below) ? below : {};
    const isLeaf = Object.keys(inner).length === 0;
    const child = parseFieldsV1(inner);
    return [name, { member: isLeaf || Object.hasOwn(inner, "."), children: child.children }] as const;
  });
  return { member: false, children: new Map(children) };
}

export function renderFieldsV1(set: FieldSet): JsonObject {
  const names = [...set.children.keys()].sort();
  return Object.fromEntries(
    names.map((name) => {
      const child = set.children.get(name) ?? noFields;
      const below = renderFieldsV1(child);
      return [name, child.member && child.children.size > 0 ? { ".": {}, ...below } : below];
    }),
  );
}
