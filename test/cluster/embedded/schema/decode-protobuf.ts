import type { Json, JsonObject } from "../json.ts";
import { builtInKinds, builtInTypes } from "./built-in-types.ts";
import type { Schema } from "./schema.ts";

/** What every object that Kubernetes sends in protobuf starts with. */
const MAGIC = Buffer.from("k8s\0");

/** Bytes that are no object of a kind that is known here. */
export class ProtobufError extends Error {}

/**
 * Reads an object of a built-in kind that a Go client sent in protobuf, as the JSON that the same client would have sent. Zero values, which
 * protobuf writes for fields that nobody set, are left out.
 */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new ProtobufError("not in Kubernetes' protobuf");
  const envelope = readFields(bytes.subarray(MAGIC.length));
  const type = readFields(bytesOf(envelope, 1));
  const apiVersion = textOf(type, 1);
  const kind = textOf(type, 2);
  const schema =
    kind === "DeleteOptions" ? builtInTypes.get("meta.v1.DeleteOptions") : builtInKinds.get(`${apiVersion}/${kind}`);
  if (schema === undefined) throw new ProtobufError(`no type for ${apiVersion} ${kind}`);
  return { apiVersion, kind, ...decodeMessage(schema, bytesOf(envelope, 2)) };
}

/** A value as the wire has it: a number, or bytes that the type makes something of. */
type WireValue = bigint | Buffer;

/** The values of a message's fields, by number; several of a list. */
type WireFields = ReadonlyMap<number, readonly WireValue[]>;

function readFields(bytes: Buffer): WireFields {
  const reader = new WireReader(bytes);
  const fields = new Map<number, WireValue[]>();
  while (!reader.done) {
    const tag = Number(reader.varint());
    const value = reader.value(tag & 7);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

class WireReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  value(wireType: number): WireValue {
    if (wireType === 0) return this.varint();
    if (wireType === 1) return this.#take(8);
    if (wireType === 2) return this.#take(Number(this.varint()));
    if (wireType === 5) return this.#take(4);
    throw new ProtobufError(`wire type ${wireType}`);
  }

  varint(): bigint {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const [byte = 0] = this.#take(1);
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, result);
    }
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new ProtobufError("it ends too early");
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }
}

function bytesOf(fields: WireFields, number: number): Buffer {
  const value = fields.get(number)?.at(-1);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function textOf(fields: WireFields, number: number): string {
  return bytesOf(fields, number).toString();
}

function numberOf(fields: WireFields, number: number): number {
  const value = fields.get(number)?.at(-1);
  return typeof value === "bigint" ? Number(value) : 0;
}

function decodeMessage(schema: Schema, bytes: Buffer): JsonObject {
  const types = new Map(
    Object.entries(schema.properties ?? {}).map(([name, type]) => [type.fieldNumber, { name, type }]),
  );
  const decoded = [...readFields(bytes)].map(([number, values]): [string, Json] => {
    const field = types.get(number);
    // A few types, as volumes and probes, nest in protobuf what they do not nest in JSON.
    if (field === undefined) throw new ProtobufError(`no field ${number} in ${schema.typeName}`);
    return [field.name, decodeField(field.type, values)];
  });
  return Object.fromEntries(decoded.filter(([, value]) => !isZero(value)));
}

function isZero(value: Json): boolean {
  return value === null || value === "" || value === 0 || value === false;
}

function decodeField(schema: Schema, values: readonly WireValue[]): Json {
  const { items, additionalProperties } = schema;
  if (items !== undefined) return values.map((value) => decodeValue(items, value));
  if (typeof additionalProperties === "object") {
    return Object.fromEntries(values.map((value) => decodeEntry(additionalProperties, value)));
  }
  return decodeValue(schema, values.at(-1) ?? 0n);
}

/** A map's entry is a message of key and value. */
function decodeEntry(schema: Schema, entry: WireValue): [string, Json] {
  const fields = readFields(asBytes(entry));
  return [textOf(fields, 1), decodeValue(schema, bytesOf(fields, 2))];
}

function decodeValue(schema: Schema, value: WireValue): Json {
  if (typeof value === "bigint") return schema.type === "boolean" ? value !== 0n : Number(value);
  if (schema.properties !== undefined) return decodeMessage(schema, value);
  // A list within a map is a message of its own.
  if (schema.items !== undefined) return decodeField(schema, readFields(value).get(1) ?? []);
  if (schema.format === "byte") return value.toString("base64");
  if (schema.format === "time" || schema.format === "micro-time") return decodeTime(schema.format, readFields(value));
  if (schema.format === "quantity") return textOf(readFields(value), 1);
  if (schema["x-kubernetes-int-or-string"]) return decodeIntOrString(readFields(value));
  if (schema.type === "string") return value.toString();
  if (schema.type === "number") return value.readDoubleLE();
  // What has no type of its own goes as JSON.
  return JSON.parse(textOf(readFields(value), 1) || "null") as Json;
}

function asBytes(value: WireValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new ProtobufError("a number where there should be a message");
}

function decodeIntOrString(fields: WireFields): Json {
  return numberOf(fields, 1) === 1 ? textOf(fields, 3) : numberOf(fields, 2);
}

/** An empty message is no time. */
function decodeTime(format: "time" | "micro-time", fields: WireFields): string | null {
  if (fields.size === 0) return null;
  const seconds = new Date(numberOf(fields, 1) * 1000).toISOString().slice(0, 19);
  const micros = String(Math.trunc(numberOf(fields, 2) / 1000)).padStart(6, "0");
  return format === "time" ? `${seconds}Z` : `${seconds}.${micros}Z`;
}
