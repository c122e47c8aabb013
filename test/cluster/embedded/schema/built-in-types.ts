import { readFileSync } from "node:fs";
import type { Json } from "../json.ts";
import type { Schema } from "./schema.ts";

export const BUILT_IN_TYPES_FILE = new URL("built-in-types.txt", import.meta.url);

/** The kinds whose types are recorded. */
export const BUILT_IN_KINDS: readonly string[] = [
  "v1/Namespace",
  "v1/Secret",
  "v1/ConfigMap",
  "v1/Event",
  "v1/ServiceAccount",
  "v1/Service",
  "v1/Pod",
  "v1/Endpoints",
  "apps/v1/Deployment",
  "rbac.authorization.k8s.io/v1/Role",
  "rbac.authorization.k8s.io/v1/RoleBinding",
  "rbac.authorization.k8s.io/v1/ClusterRole",
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
  "coordination.k8s.io/v1/Lease",
  "events.k8s.io/v1/Event",
  "discovery.k8s.io/v1/EndpointSlice",
  "policy/v1/PodDisruptionBudget",
  "networking.k8s.io/v1/NetworkPolicy",
  "networking.k8s.io/v1/Ingress",
  "apiextensions.k8s.io/v1/CustomResourceDefinition",
  // Not stored, but sent.
  "v1/DeleteOptions",
  "authentication.k8s.io/v1/SelfSubjectReview",
  "authentication.k8s.io/v1/TokenRequest",
  "authentication.k8s.io/v1/TokenReview",
  "authorization.k8s.io/v1/LocalSubjectAccessReview",
  "authorization.k8s.io/v1/SelfSubjectAccessReview",
  "authorization.k8s.io/v1/SelfSubjectRulesReview",
  "authorization.k8s.io/v1/SubjectAccessReview",
];

/** The types that have no fields. */
const WORDS: Readonly<Record<string, Schema>> = {
  string: { type: "string" },
  byte: { type: "string", format: "byte" },
  time: { type: "string", format: "time" },
  "micro-time": { type: "string", format: "micro-time" },
  "int-or-string": { "x-kubernetes-int-or-string": true },
  quantity: { "x-kubernetes-int-or-string": true, format: "quantity" },
  boolean: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  number: { type: "number" },
  integer: { type: "integer" },
  any: { "x-kubernetes-preserve-unknown-fields": true, "x-kubernetes-map-type": "atomic" },
};

/**
 * The types of the built-in kinds, read from `built-in-types.txt`, which `record-built-in-types.ts` writes from what a real API server
 * publishes. A type starts with its name, `atomic` where it is owned as a whole, and the kind that it is (`= v1/Secret`). Its
 * fields follow: name (`!` where required), type (`[T]` a list, `{T}` a map), then what else is known:
 * `default=JSON`, `list=set` or `list=map(keys)`, `map=atomic`, for strategic merge patches `patch=STRATEGY` and `key=MERGE-KEY`, and
 * `#N` the number in protobuf.
 */
export const builtInTypes: ReadonlyMap<string, Schema> = parse(readBuiltInTypes());

export function readBuiltInTypes(): string {
  return readFileSync(BUILT_IN_TYPES_FILE, "utf8");
}

/** The schema of a kind: `v1/Secret`, `apps/v1/Deployment`. */
export function builtInKind(kind: string): Schema {
  const schema = builtInKinds.get(kind);
  if (schema === undefined) throw new Error(`no type for ${kind} in built-in-types.txt`);
  return schema;
}

/** Kinds, as `built-in-types.txt` names them, to their types. */
export const builtInKinds: ReadonlyMap<string, Schema> = new Map(
  [...builtInTypes.values()].flatMap((type) => {
    const { kind } = type as StructType;
    return kind === undefined ? [] : [[kind, type] as const];
  }),
);

interface StructType extends Schema {
  readonly typeName: string;
  readonly kind?: string;
  readonly properties: Record<string, Schema>;
  readonly required: string[];
}

function parse(text: string): ReadonlyMap<string, Schema> {
  const blocks = text.split("\n\n").map((block) => block.trimEnd().split("\n"));
  // Every type before any field, because types refer to each other, and one to itself.
  const types = new Map(blocks.map(([head = ""]) => parseHead(head)).map((type) => [type.typeName, type]));
  for (const [head = "", ...fields] of blocks) {
    const type = types.get(parseHead(head).typeName);
    if (type === undefined) continue;
    for (const line of fields) addField(type, line.trim(), types);
  }
  return types;
}

function parseHead(line: string): StructType {
  const [typeName = "", ...rest] = line.split(" ");
  const kind = rest.at(-2) === "=" ? rest.at(-1) : undefined;
  return {
    type: "object",
    typeName,
    properties: {},
    required: [],
    ...(kind === undefined ? {} : { kind }),
    ...(rest.includes("atomic") ? { "x-kubernetes-map-type": "atomic" } : {}),
  };
}

function addField(type: StructType, line: string, types: ReadonlyMap<string, Schema>): void {
  const [field = "", word = "", ...rest] = line.split(" ");
  const name = field.replace(/!$/, "");
  if (field.endsWith("!")) type.required.push(name);
  type.properties[name] = Object.assign({}, parseType(word, types), ...rest.map(parseExtra)) as Schema;
}

function parseType(word: string, types: ReadonlyMap<string, Schema>): Schema {
  const inner = () => parseType(word.slice(1, -1), types);
  if (word.startsWith("[")) return { type: "array", items: inner() };
  if (word.startsWith("{")) return { type: "object", additionalProperties: inner() };
  const type = WORDS[word] ?? types.get(word);
  if (type === undefined) throw new Error(`unknown type ${word} in built-in-types.txt`);
  return type;
}

function parseExtra(text: string): Schema {
  if (text.startsWith("#")) return { fieldNumber: Number(text.slice(1)) };
  const [, name, value = ""] = /^(\w+)=(.*)$/.exec(text) ?? [];
  if (name === "default") return { default: JSON.parse(value) as Json };
  if (name === "map") return { "x-kubernetes-map-type": value };
  if (name === "patch") return { "x-kubernetes-patch-strategy": value };
  if (name === "key") return { "x-kubernetes-patch-merge-key": value };
  const keys = /^map\((.*)\)$/.exec(value)?.[1]?.split(",");
  return keys === undefined
    ? { "x-kubernetes-list-type": value }
    : { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys };
}
