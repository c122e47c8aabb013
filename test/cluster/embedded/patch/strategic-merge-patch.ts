import { asArray, asObject, equalJson, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { fieldSchema, type Schema } from "../schema/schema.ts";

/** A patch whose directives make no sense. */
export class StrategicMergePatchError extends Error {}

const DELETE_FROM_LIST = "$deleteFromPrimitiveList";
const ELEMENT_ORDER = "$setElementOrder";

/**
 * A merge patch that knows the types: lists of objects are merged by the key that the schema names, and the directives `$patch`,
 * `$retainKeys`, `$deleteFromPrimitiveList` and `$setElementOrder` are obeyed. As kubectl sends it for built-in kinds.
 */
export function applyStrategicMergePatch(
  schema: Schema | undefined,
  target: Json | undefined,
  patch: JsonObject,
): JsonObject {
  const { $patch: directive, $retainKeys: retained, ...rest } = patch;
  const { fields, deletions, orders } = sortOut(rest);
  if (directive === "replace") return fields;
  if (directive === "delete") return {};
  const result = new Map(Object.entries(asObject(target)));
  if (Array.isArray(retained)) {
    for (const key of result.keys()) if (!retained.includes(key)) result.delete(key);
  }
  for (const [field, items] of deletions) {
    result.set(
      field,
      asArray(result.get(field)).filter((item) => !isAmong(items, item)),
    );
  }
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) result.delete(key);
    else result.set(key, mergeField(fieldSchema(schema, key), result.get(key), value, orders.get(key)));
  }
  for (const [field, order] of orders) {
    const items = result.get(field);
    const isPatched = Object.hasOwn(fields, field);
    if (Array.isArray(items) && !isPatched) {
      result.set(field, inOrder(items, items, order, mergeKeyOf(fieldSchema(schema, field))));
    }
  }
  return Object.fromEntries(result);
}

interface SortedOut {
  readonly fields: JsonObject;
  /** Items to take out of lists, by field. */
  readonly deletions: ReadonlyMap<string, readonly Json[]>;
  /** The order that lists are to have, by field. */
  readonly orders: ReadonlyMap<string, readonly Json[]>;
}

function sortOut(patch: JsonObject): SortedOut {
  const fields: [string, Json][] = [];
  const deletions = new Map<string, readonly Json[]>();
  const orders = new Map<string, readonly Json[]>();
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM_LIST)) deletions.set(fieldOf(key), asArray(value));
    else if (key.startsWith(ELEMENT_ORDER)) orders.set(fieldOf(key), asArray(value));
    else fields.push([key, value]);
  }
  return { fields: Object.fromEntries(fields), deletions, orders };
}

/** The field that a directive like `$setElementOrder/containers` is about. */
function fieldOf(directive: string): string {
  const [, field] = directive.split("/");
  if (field === undefined) throw new StrategicMergePatchError("invalid patch format of primitive list");
  return field;
}

function mergeField(
  schema: Schema | undefined,
  existing: Json | undefined,
  value: Json,
  order: readonly Json[] | undefined,
): Json {
  if (isJsonObject(value)) return applyStrategicMergePatch(schema, existing, value);
  const merges = schema?.["x-kubernetes-patch-strategy"]?.split(",").includes("merge") ?? false;
  if (!Array.isArray(value) || !merges) return value;
  const live = asArray(existing);
  const mergeKey = mergeKeyOf(schema);
  if (mergeKey === undefined) {
    return inOrder([...live, ...value.filter((item) => !isAmong(live, item))], live, order ?? value, mergeKey);
  }
  if (value.some((item) => asObject(item)["$patch"] === "replace")) {
    return value.filter((item) => asObject(item)["$patch"] !== "replace");
  }
  return inOrder(mergeByKey(schema?.items, live, value, mergeKey), live, order ?? value, mergeKey);
}

function mergeKeyOf(schema: Schema | undefined): string | undefined {
  return schema?.["x-kubernetes-patch-merge-key"];
}

function isAmong(items: readonly Json[], wanted: Json): boolean {
  return items.some((item) => equalJson(item, wanted));
}

function mergeByKey(
  schema: Schema | undefined,
  existing: readonly Json[],
  patch: readonly Json[],
  key: string,
): Json[] {
  const result = [...existing];
  for (const item of patch.map(asObject)) {
    const value = item[key];
    if (value === undefined) throw new StrategicMergePatchError(`map does not contain declared merge key: ${key}`);
    const index = result.findIndex((other) => equalJson(asObject(other)[key], value));
    if (item["$patch"] === "delete") {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) {
      result[index] = applyStrategicMergePatch(schema, result[index], item);
    } else {
      result.push(applyStrategicMergePatch(schema, {}, item));
    }
  }
  return result;
}

/**
 * Items in the order that the patch asks for. Those that it does not name keep the order of the live list among themselves, and their places
 * before the named ones that they preceded there.
 */
function inOrder(
  items: readonly Json[],
  live: readonly Json[],
  order: readonly Json[],
  key: string | undefined,
): Json[] {
  const identity = (item: Json) => JSON.stringify(key === undefined ? item : (asObject(item)[key] ?? null));
  const wanted = order.map(identity);
  const before = live.map(identity);
  const place = (item: Json) => wanted.indexOf(identity(item));
  const named = items.filter((item) => place(item) >= 0).sort((a, b) => place(a) - place(b));
  const others = items.filter((item) => place(item) < 0);
  const result: Json[] = [];
  for (const item of named) {
    const index = before.indexOf(identity(item));
    while (others[0] !== undefined && index >= 0 && before.indexOf(identity(others[0])) < index) {
      result.push(...others.splice(0, 1));
    }
    result.push(item);
  }
  return [...result, ...others];
}
