import type { Cause, CauseReason } from "../api-error.ts";
import { asObject, equalJson, isJsonObject, type Json, jsonType } from "../json.ts";
import { fieldSchema, isNamedField, type Schema } from "./schema.ts";

/** What of a custom resource its schema forbids. Rules in CEL (`x-kubernetes-validations`) are not evaluated. */
export function validate(schema: Schema, value: Json, path = ""): Cause[] {
  if (value === null && schema.nullable) return [];
  const wrongType = checkType(schema, value, path);
  if (wrongType !== null) {
    // A number that is no integer is wrong twice, to the go-openapi validator.
    const isFraction = schema.type === "integer" && typeof value === "number";
    return isFraction ? [wrongType, placeless(`Checked value must be of type integer in ${path}`)] : [wrongType];
  }
  return [
    ...checkEnum(schema, value, path),
    ...(typeof value === "string" ? checkString(schema, value, path) : []),
    ...(typeof value === "number" ? checkNumber(schema, value, path) : []),
    ...(Array.isArray(value) ? checkArray(schema, value, path) : []),
    ...(isJsonObject(value) ? checkObject(schema, value, path) : []),
    ...checkCombined(schema, value, path),
  ];
}

function cause(field: string, reason: CauseReason, message: string): Cause {
  return { field, reason, message };
}

/** `Invalid value: 20: spec.size in body should be ...` */
function invalidValue(path: string, value: Json, should: string): Cause {
  return cause(path, "FieldValueInvalid", `Invalid value: ${JSON.stringify(value)}: ${path} in body should ${should}`);
}

function mistyped(path: string, value: string, expected: string): Cause {
  const quoted = JSON.stringify(value);
  const message = `Invalid value: ${quoted}: ${path} in body must be of type ${expected}: ${quoted}`;
  return cause(path, "FieldValueTypeInvalid", message);
}

/** Where the go-openapi validator knows no field, it says so. */
function placeless(message: string): Cause {
  return cause("<nil>", "FieldValueInvalid", `Invalid value: "": ${message}`);
}

function checkType(schema: Schema, value: Json, path: string): Cause | null {
  const actual = Number.isInteger(value) ? "integer" : jsonType(value);
  if (schema["x-kubernetes-int-or-string"]) {
    return actual === "integer" || actual === "string" ? null : mistyped(path, actual, "integer,string");
  }
  if (schema.type === undefined || actual === schema.type) return null;
  return actual === "integer" && schema.type === "number" ? null : mistyped(path, actual, schema.type);
}

function checkEnum(schema: Schema, value: Json, path: string): Cause[] {
  if (schema.enum === undefined || schema.enum.some((option) => equalJson(option, value))) return [];
  const supported = schema.enum.map((option) => JSON.stringify(option)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return [cause(path, "FieldValueNotSupported", message)];
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
};

/** As the go-openapi validator does, only the first thing that is wrong with a text is said, and its format beside it. */
function checkString(schema: Schema, value: string, path: string): Cause[] {
  const format = FORMATS[schema.format ?? ""];
  const misformatted = format !== undefined && !format.test(value) ? [mistyped(path, value, schema.format ?? "")] : [];
  const wrong = checkText(schema, value, path);
  return wrong === null ? misformatted : [wrong, ...misformatted];
}

function checkText({ maxLength, minLength, pattern }: Schema, value: string, path: string): Cause | null {
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) {
    return cause(path, "FieldValueTooLong", `Too long: may not be more than ${maxLength} bytes`);
  }
  if (minLength !== undefined && length < minLength) {
    return invalidValue(path, value, `be at least ${minLength} chars long`);
  }
  if (pattern === undefined || new RegExp(pattern).test(value)) return null;
  return invalidValue(path, value, `match '${pattern}'`);
}

const INTEGER_BITS: Readonly<Record<string, number>> = { int32: 31, int64: 63 };

function checkNumber(schema: Schema, value: number, path: string): Cause[] {
  const causes: Cause[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const limit = 2 ** (INTEGER_BITS[schema.format ?? ""] ?? Number.POSITIVE_INFINITY);
  if (value >= limit || value < -limit) {
    causes.push(placeless(`Checked value must be of type integer with format ${schema.format} in ${path}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    causes.push(invalidValue(path, value, `be less than ${exclusiveMaximum ? "" : "or equal to "}${maximum}`));
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    causes.push(invalidValue(path, value, `be greater than ${exclusiveMinimum ? "" : "or equal to "}${minimum}`));
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    causes.push(invalidValue(path, value, `be a multiple of ${multipleOf}`));
  }
  return causes;
}

function checkArray(schema: Schema, items: readonly Json[], path: string): Cause[] {
  const causes: Cause[] = [];
  if (schema.maxItems !== undefined && items.length > schema.maxItems) {
    causes.push(tooMany(path, items.length, schema.maxItems));
  }
  if (schema.minItems !== undefined && items.length < schema.minItems) {
    causes.push(invalidValue(path, items.length, `have at least ${schema.minItems} items`));
  }
  const { items: itemSchema } = schema;
  if (itemSchema !== undefined) {
    causes.push(...items.flatMap((item, index) => validate(itemSchema, item, `${path}[${index}]`)));
  }
  return [...causes, ...checkDuplicates(schema, items, path)];
}

function tooMany(path: string, actual: number, limit: number): Cause {
  return cause(path, "FieldValueTooMany", `Too many: ${actual}: must have at most ${limit} items`);
}

function checkDuplicates(schema: Schema, items: readonly Json[], path: string): Cause[] {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys === undefined && schema["x-kubernetes-list-type"] !== "set") return [];
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const identity = keys === undefined ? item : Object.fromEntries(keys.flatMap((key) => entry(asObject(item), key)));
    const text = JSON.stringify(identity);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    return [cause(`${path}[${index}]`, "FieldValueDuplicate", `Duplicate value: ${text}`)];
  });
}

function entry(object: { readonly [key: string]: Json }, key: string): [string, Json][] {
  const value = object[key];
  return value === undefined ? [] : [[key, value]];
}

function checkObject(schema: Schema, object: { readonly [key: string]: Json }, path: string): Cause[] {
  const names = Object.keys(object);
  const causes = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(object, name))
    .map((name) => cause(join(path, name), "FieldValueRequired", "Required value"));
  if (schema.maxProperties !== undefined && names.length > schema.maxProperties) {
    causes.push(tooMany(path, names.length, schema.maxProperties));
  }
  if (schema.minProperties !== undefined && names.length < schema.minProperties) {
    causes.push(invalidValue(path, names.length, `have at least ${schema.minProperties} properties`));
  }
  for (const name of names) {
    const type = fieldSchema(schema, name);
    // The server has checked these of a whole object by itself.
    if (path === "" && ["apiVersion", "kind", "metadata"].includes(name) && isNamedField(schema, name)) continue;
    if (type !== undefined) causes.push(...validate(type, object[name] ?? null, join(path, name)));
  }
  return causes;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function checkCombined(schema: Schema, value: Json, path: string): Cause[] {
  const causes: Cause[] = [];
  const failuresOf = (schemas: readonly Schema[]) => schemas.map((part) => validate(part, value, path));
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const all = failuresOf(allOf).flat();
  if (all.length > 0) causes.push(placeless(`"${path}" must validate all the schemas (allOf)`), ...all);
  const any = failuresOf(anyOf);
  if (any.length > 0 && any.every((failures) => failures.length > 0)) {
    causes.push(placeless(`"${path}" must validate at least one schema (anyOf)`), ...(any[0] ?? []));
  }
  const one = failuresOf(oneOf);
  const fitting = one.filter((failures) => failures.length === 0).length;
  if (one.length > 0 && fitting !== 1) {
    const found = fitting === 0 ? "Found none valid" : `Found ${fitting} valid alternatives`;
    causes.push(placeless(`"${path}" must validate one and only one schema (oneOf). ${found}`));
  }
  if (not !== undefined && validate(not, value, path).length === 0) {
    causes.push(placeless(`"${path}" must not validate the schema (not)`));
  }
  return causes;
}
