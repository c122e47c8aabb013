import type { Json } from "../json.ts";

/**
 * A structural schema: what a CRD's `openAPIV3Schema` holds. The built-in kinds are described in the same terms, so that decoding, merging
 * and field ownership need to know only one kind of type.
 */
export interface Schema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  /** Beside JSON Schema's own: `byte`, `int32`, `int64`; on built-in kinds `time`, `micro-time` and `quantity`. */
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  /** The name of a built-in type: `core.v1.Secret`. */
  readonly typeName?: string;
  /** The number of a built-in type's field in protobuf. */
  readonly fieldNumber?: number;
}

/** The schema of one field; undefined where the schema says nothing about it. */
export function fieldSchema(schema: Schema | undefined, field: string): Schema | undefined {
  if (schema?.properties !== undefined && Object.hasOwn(schema.properties, field)) return schema.properties[field];
  const { additionalProperties } = schema ?? {};
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** Whether the field has a name of its own in the schema, as a struct's has and a map's has not. */
export function isNamedField(schema: Schema | undefined, field: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, field);
}
