import { asObject, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { fieldSchema, isNamedField, type Schema } from "../schema/schema.ts";

/** How a value is owned and merged: as a whole, field by field, or item by item. */
export type Structure = "leaf" | "fields" | "items";

/** What the schema says of the value; where it says nothing, an object is owned by its fields and a list as a whole. */
export function structureOf(schema: Schema | undefined, value: Json): Structure {
  if (Array.isArray(value)) return isAssociative(schema) ? "items" : "leaf";
  if (isJsonObject(value)) return schema?.["x-kubernetes-map-type"] === "atomic" ? "leaf" : "fields";
  return "leaf";
}

function isAssociative(schema: Schema | undefined): boolean {
  const listType = schema?.["x-kubernetes-list-type"];
  return listType === "map" || listType === "set";
}

/** One child of a value: its name in a field set, its value, its schema. */
export interface Child {
  readonly element: string;
  readonly value: Json;
  readonly schema: Schema | undefined;
  /** Named by the schema, as a struct's field is and a map's key is not. */
  readonly named: boolean;
}

/** The children of a value that is owned by fields or items; none of a leaf. */
export function childrenOf(schema: Schema | undefined, value: Json): Child[] {
  const structure = structureOf(schema, value);
  if (structure === "leaf") return [];
  if (Array.isArray(value)) {
    return value.map((item) => ({
      element: itemElement(schema, item),
      value: item,
      schema: schema?.items,
      named: false,
    }));
  }
  return Object.entries(asObject(value)).map(([name, item]) => ({
    element: `f:${name}`,
    value: item,
    schema: fieldSchema(schema, name),
    named: isNamedField(schema, name),
  }));
}

/** Puts children together again: the opposite of `childrenOf`. */
export function assemble(structure: Structure, children: readonly Child[]): Json {
  if (structure === "items") return children.map(({ value }) => value);
  return Object.fromEntries(children.map(({ element, value }) => [element.slice(2), value]));
}

/** An item of a list that has no key that it should have. */
export class MissingKeyError extends Error {}

function itemElement(schema: Schema | undefined, item: Json): string {
  const keys = schema?.["x-kubernetes-list-map-keys"];
  if (keys === undefined) return `v:${JSON.stringify(item)}`;
  const object = asObject(item);
  const identity: JsonObject = {};
  for (const key of [...keys].sort()) {
    const value = object[key] ?? fieldSchema(schema?.items, key)?.default;
    if (value === undefined) {
      const missing = `.${key}: associative list with keys has an element that omits key field "${key}"`;
      throw new MissingKeyError(`${missing} (and doesn't have default value)`);
    }
    identity[key] = value;
  }
  return `k:${JSON.stringify(identity)}`;
}
