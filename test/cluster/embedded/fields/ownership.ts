import { equalJson, isJsonObject, type Json } from "../json.ts";
import { fieldSchema, isNamedField, type Schema } from "../schema/schema.ts";
import { type FieldSet, isEmpty, node, noFields } from "./field-set.ts";
import { assemble, type Child, childrenOf, structureOf } from "./typed-value.ts";

/** The fields that somebody who applies this value says something about. */
export function fieldSetOf(schema: Schema | undefined, value: Json): FieldSet {
  return { member: false, children: contentsOf(schema, value).children };
}

function contentsOf(schema: Schema | undefined, value: Json): FieldSet {
  if (structureOf(schema, value) === "leaf") return { member: true, children: new Map() };
  const isList = Array.isArray(value);
  return node(
    false,
    childrenOf(schema, value).map((child) => {
      const inner = contentsOf(child.schema, child.value);
      return [child.element, { ...inner, member: inner.member || isList || !child.named || isBare(child.value) }];
    }),
  );
}

function isBare(value: Json): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

/** The fields in which the new value differs from the old one. */
export function compare(schema: Schema | undefined, before: Json | undefined, after: Json | undefined): Comparison {
  const found = compareAny(schema, before, after);
  const unrooted = (set: FieldSet): FieldSet => ({ ...set, member: false });
  return { added: unrooted(found.added), removed: unrooted(found.removed), modified: unrooted(found.modified) };
}

const same: Comparison = { added: noFields, removed: noFields, modified: noFields };
const leaf: FieldSet = { member: true, children: new Map() };

/** A null beside something that has children counts as something without any. */
function compareAny(schema: Schema | undefined, before: Json | undefined, after: Json | undefined): Comparison {
  if (before === undefined && after === undefined) return same;
  if (before === undefined) return { ...same, added: allOf(schema, after ?? null) };
  if (after === undefined) return { ...same, removed: allOf(schema, before) };
  const structure = structureOf(schema, after ?? before);
  const isShared = structure === structureOf(schema, before ?? after);
  if (structure !== "leaf" && isShared) return compareChildren(childrenOf(schema, before), childrenOf(schema, after));
  return equalJson(before, after) ? same : { ...same, modified: leaf };
}

/** Everything in a value that came or went as a whole: each field, and what holds it. */
function allOf(schema: Schema | undefined, value: Json): FieldSet {
  return node(
    true,
    childrenOf(schema, value).map((child) => [child.element, allOf(child.schema, child.value)]),
  );
}

function compareChildren(before: readonly Child[], after: readonly Child[]): Comparison {
  const old = new Map(before.map((child) => [child.element, child]));
  const fresh = new Map(after.map((child) => [child.element, child]));
  const found = [...new Set([...old.keys(), ...fresh.keys()])].map((element) => {
    const schema = (fresh.get(element) ?? old.get(element))?.schema;
    return [element, compareAny(schema, old.get(element)?.value, fresh.get(element)?.value)] as const;
  });
  const side = (name: keyof Comparison) =>
    node(
      false,
      found.map(([element, child]) => [element, child[name]] as const),
    );
  return { added: side("added"), removed: side("removed"), modified: side("modified") };
}

/** The live value with an applied configuration laid over it; the order of list items is the configuration's where it has one. */
export function merge(schema: Schema | undefined, live: Json | undefined, config: Json | undefined): Json {
  if (config === undefined) return live ?? null;
  if (live === undefined) return config;
  const structure = structureOf(schema, config);
  if (structure === "leaf" || structure !== structureOf(schema, live)) return config;
  const applied = childrenOf(schema, config);
  const existing = new Map(childrenOf(schema, live).map((child) => [child.element, child]));
  const merged = applied.map((child) => ({
    ...child,
    value: merge(child.schema, existing.get(child.element)?.value, child.value),
  }));
  return assemble(structure, structure === "fields" ? mergeFields(existing, merged) : mergeItems(existing, merged));
}

function mergeFields(existing: ReadonlyMap<string, Child>, merged: readonly Child[]): Child[] {
  return [...new Map([...existing, ...merged.map((child) => [child.element, child] as const)]).values()];
}

/** Items that only the live list has keep their places; the others fill theirs in the order of the configuration. */
function mergeItems(existing: ReadonlyMap<string, Child>, merged: readonly Child[]): Child[] {
  const applied = new Set(merged.map(({ element }) => element));
  const queue = [...merged];
  const result: Child[] = [];
  for (const [element, child] of existing) {
    if (!applied.has(element)) {
      result.push(child);
      continue;
    }
    // Up to and with the next item that both lists have.
    let next = queue.shift();
    while (next !== undefined && !existing.has(next.element)) {
      result.push(next);
      next = queue.shift();
    }
    if (next !== undefined) result.push(next);
  }
  return [...result, ...queue];
}

/** The value without the given fields; undefined where nothing is left of it. */
export function removeFields(schema: Schema | undefined, value: Json, fields: FieldSet): Json | undefined {
  const structure = structureOf(schema, value);
  if (isEmpty(fields)) return value;
  if (structure === "leaf") return isJsonObject(value) || Array.isArray(value) ? undefined : value;
  const kept = childrenOf(schema, value).flatMap((child): Child[] => {
    const below = fields.children.get(child.element);
    if (below === undefined) return [child];
    if (below.member) return [];
    const rest = removeFields(child.schema, child.value, below);
    return rest === undefined ? (Array.isArray(value) ? [] : [{ ...child, value: null }]) : [{ ...child, value: rest }];
  });
  return kept.length === 0 ? undefined : assemble(structure, kept);
}

/** The set, and with each of its paths the structs that lead there, so that a struct goes with the last of its fields. */
export function withStructs(schema: Schema | undefined, set: FieldSet): FieldSet {
  return node(
    set.member,
    [...set.children].map(([element, child]) => {
      const name = element.slice(2);
      const isField = element.startsWith("f:");
      const named = isField && child.children.size > 0 && isNamedField(schema, name);
      const below = withStructs(isField ? fieldSchema(schema, name) : schema?.items, child);
      return [element, { ...below, member: below.member || named }];
    }),
  );
}
