import type { Cause } from "../api-error.ts";
import type { Json } from "../json.ts";

export function required(field: string, why = ""): Cause {
  return { field, reason: "FieldValueRequired", message: why === "" ? "Required value" : `Required value: ${why}` };
}

export function invalidValue(field: string, value: Json, why: string): Cause {
  return { field, reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

export function forbiddenValue(field: string, why: string): Cause {
  return { field, reason: "FieldValueForbidden", message: `Forbidden: ${why}` };
}

export function unsupportedValue(field: string, value: Json, supported: readonly string[]): Cause {
  const options = supported.map((option) => JSON.stringify(option)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${options}`;
  return { field, reason: "FieldValueNotSupported", message };
}

export function tooLong(field: string, limit: number): Cause {
  return { field, reason: "FieldValueTooLong", message: `Too long: may not be more than ${limit} bytes` };
}
