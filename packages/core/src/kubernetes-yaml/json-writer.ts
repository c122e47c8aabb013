import { isList, isObject, type Writable } from "./writable-value.ts";

/** Raw in JSON, but not in YAML, as which Go reads a JSON document that follows a YAML one. */
const NOT_IN_YAML = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** JSON indented by two spaces, without a line feed at the end. */
export function writeJson(value: Writable, margin = ""): string {
  const inner = `${margin}  `;
  if (isList(value)) {
    const items = value.map((item) => inner + writeJson(item, inner));
    return enclosed("[", items, "]", margin);
  }
  if (isObject(value)) {
    const fields = value.entries.map(([key, field]) => `${inner}${writeScalar(key)}: ${writeJson(field, inner)}`);
    return enclosed("{", fields, "}", margin);
  }
  return writeScalar(value);
}

function enclosed(open: string, lines: readonly string[], close: string, margin: string): string {
  return lines.length === 0 ? open + close : `${open}\n${lines.join(",\n")}\n${margin}${close}`;
}

function writeScalar(value: null | boolean | number | string): string {
  return JSON.stringify(value).replace(NOT_IN_YAML, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
