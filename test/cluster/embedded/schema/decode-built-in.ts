import { cloneJson, isJsonObject, type Json, type JsonObject, jsonType } from "../json.ts";
import type { Schema } from "./schema.ts";

export interface Decoded {
  readonly value: JsonObject;
  /** Paths of what the schema does not know, and what was therefore dropped: `metadata.foo`. */
  readonly unknownFields: readonly string[];
}

/** A value that does not fit its type; the message is the one of Go's decoder. */
export class DecodeError extends Error {}

/**
 * Reads an object of a built-in kind as a Go struct would: drops what it does not know, what is null and what `omitempty` leaves out, fills in
 * the defaults of the type, and brings base64 and times into their one form.
 */
export function decodeBuiltIn(schema: Schema, value: Json): Decoded {
  const decoder = new Decoder();
  const decoded = decoder.decode(schema, value, { path: "", field: shortType(schema) });
  return { value: isJsonObject(decoded) ? decoded : {}, unknownFields: decoder.unknownFields };
}

interface Place {
  /** From the root: `spec.ports[0].port`. */
  readonly path: string;
  /** As Go's messages name it: type and field, `ServicePort.port`. */
  readonly field: string;
}

/** Where nothing at all differs from something empty. */
const KEEP_EMPTY = new Set(["coordination.v1.LeaseSpec.holderIdentity", "meta.v1.ObjectMeta.managedFields"]);

class Decoder {
  readonly unknownFields: string[] = [];

  decode(schema: Schema, value: Json, place: Place): Json {
    if (schema.properties !== undefined) return this.#struct(schema, schema.properties, value, place);
    if (typeof schema.additionalProperties === "object") return this.#map(schema.additionalProperties, value, place);
    if (schema.items !== undefined) return this.#list(schema.items, value, place);
    return decodeScalar(schema, value, place);
  }

  #struct(schema: Schema, properties: Readonly<Record<string, Schema>>, value: Json, place: Place): Json {
    if (!isJsonObject(value)) throw mismatch(schema, value, place);
    const fields: [string, Json][] = [];
    for (const [name, item] of Object.entries(value)) {
      const path = place.path === "" ? name : `${place.path}.${name}`;
      const type = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (type === undefined) this.unknownFields.push(path);
      else if (item !== null) {
        const decoded = this.decode(type, item, { path, field: `${shortType(schema)}.${name}` });
        if (!isOmitted(schema, name, type, decoded)) fields.push([name, decoded]);
      }
    }
    return Object.fromEntries([
      ...fields,
      ...this.#absentFields(schema, properties, new Set(fields.map(([name]) => name))),
    ]);
  }

  /** What a Go struct shows of fields that nobody set. */
  #absentFields(
    schema: Schema,
    properties: Readonly<Record<string, Schema>>,
    present: ReadonlySet<string>,
  ): [string, Json][] {
    return Object.entries(properties).flatMap(([name, type]): [string, Json][] => {
      if (present.has(name)) return [];
      if (type.default !== undefined) {
        return [[name, this.decode(type, cloneJson(type.default), { path: name, field: name })]];
      }
      return type.type === "array" && schema.required?.includes(name) ? [[name, null]] : [];
    });
  }

  #map(type: Schema, value: Json, place: Place): Json {
    if (!isJsonObject(value)) throw mismatch({ additionalProperties: type }, value, place);
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        item === null && type.type === "string"
          ? ""
          : this.decode(type, item, { ...place, path: `${place.path}.${key}` }),
      ]),
    );
  }

  #list(type: Schema, value: Json, place: Place): Json {
    if (!Array.isArray(value)) throw mismatch({ items: type }, value, place);
    return value.map((item, index) => this.decode(type, item, { ...place, path: `${place.path}[${index}]` }));
  }
}

function isOmitted(struct: Schema, name: string, type: Schema, value: Json): boolean {
  if (type.default !== undefined || KEEP_EMPTY.has(`${struct.typeName}.${name}`)) return false;
  if (Array.isArray(value)) return value.length === 0;
  if (struct.required?.includes(name)) return false;
  if (value === "") return true;
  return type.additionalProperties !== undefined && isJsonObject(value) && Object.keys(value).length === 0;
}

function decodeScalar(schema: Schema, value: Json, place: Place): Json {
  if (schema["x-kubernetes-int-or-string"]) {
    if (typeof value === "string" || typeof value === "number") return value;
    throw mismatch(schema, value, place);
  }
  if (schema.type === undefined) return value;
  const expected = schema.type === "integer" ? "number" : schema.type;
  const fits = jsonType(value) === expected && (schema.type !== "integer" || Number.isInteger(value));
  if (!fits) throw mismatch(schema, value, place);
  if (schema.format === "byte") return canonicalBase64(value as string);
  if (schema.format === "time") return canonicalTime(value as string);
  if (schema.format === "micro-time") return canonicalMicroTime(value as string);
  return value;
}

/** Go accepts line breaks and loose trailing bits, and writes neither. */
function canonicalBase64(text: string): string {
  const plain = text.replace(/[\r\n]/g, "");
  const wrong = /[^A-Za-z0-9+/=]|=(?!=?$)/.exec(plain)?.index ?? (plain.length % 4 === 0 ? -1 : plain.length & ~3);
  if (wrong >= 0) throw new DecodeError(`illegal base64 data at input byte ${wrong}`);
  return Buffer.from(plain, "base64").toString("base64");
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

function canonicalTime(text: string): string {
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) throw badTime(text, "2006-01-02T15:04:05Z07:00");
  return `${new Date(text).toISOString().slice(0, 19)}Z`;
}

function canonicalMicroTime(text: string): string {
  const valid = MICRO_TIME.test(text) && !Number.isNaN(Date.parse(text));
  if (!valid) throw badTime(text, "2006-01-02T15:04:05.000000Z07:00");
  return `${new Date(text).toISOString().slice(0, 19)}${text.slice(19, 26)}Z`;
}

function badTime(text: string, layout: string): DecodeError {
  return new DecodeError(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse it`);
}

function mismatch(schema: Schema, value: Json, { field }: Place): DecodeError {
  return new DecodeError(
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ${field} of type ${goType(schema)}`,
  );
}

function shortType(schema: Schema): string {
  return schema.typeName?.split(".").at(-1) ?? "";
}

function goType(schema: Schema): string {
  if (schema.typeName !== undefined) return `v1.${shortType(schema)}`;
  if (schema.items !== undefined) return `[]${goType(schema.items)}`;
  if (typeof schema.additionalProperties === "object") return `map[string]${goType(schema.additionalProperties)}`;
  if (schema.format === "byte") return "[]uint8";
  if (schema.type === "boolean") return "bool";
  return schema.format ?? schema.type ?? "any";
}
