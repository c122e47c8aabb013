import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { apiVersionOf, type Resource } from "../resource.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import { builtInKinds, builtInTypes } from "../schema/built-in-types.ts";
import type { Schema } from "../schema/schema.ts";
import type { Reply } from "./reply.ts";
import { reviews } from "./reviews.ts";

const ROOT = "/openapi/v3";

/** Types that are nothing but a form of a string or a number, by the format they have here. */
const SCALAR_TYPES: Readonly<Record<string, string>> = {
  time: "meta.v1.Time",
  "micro-time": "meta.v1.MicroTime",
  "int-or-string": "util.intstr.IntOrString",
  quantity: "api.resource.Quantity",
};

const SCALAR_SCHEMAS: JsonObject = {
  "meta.v1.Time": { type: "string", format: "date-time" },
  "meta.v1.MicroTime": { type: "string", format: "date-time" },
  "util.intstr.IntOrString": { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
  "api.resource.Quantity": { oneOf: [{ type: "string" }, { type: "number" }] },
};

/** Publishes the types, as far as kubectl wants them: to explain, to patch, and to know that this server checks fields by itself. */
export class OpenApi {
  readonly #registry: ResourceRegistry;

  constructor(registry: ResourceRegistry) {
    this.#registry = registry;
  }

  /** Null for a path that is not there. */
  answer(path: string): Reply | null {
    if (path === ROOT || path === `${ROOT}/`) return { status: 200, body: this.#index() };
    const resources = this.#byPath().get(path.slice(ROOT.length + 1));
    return resources === undefined ? null : { status: 200, body: document(resources) };
  }

  /** What is served below each path; nothing that is stored for the groups of reviews. */
  #byPath(): Map<string, Resource[]> {
    const path = ({ group, version }: Pick<Resource, "group" | "version">) => {
      return group === "" ? `api/${version}` : `apis/${group}/${version}`;
    };
    const questions = reviews.map((review): [string, Resource[]] => [path(review), []]);
    return new Map([...questions, ...Map.groupBy(this.#registry.all(), path)]);
  }

  /** The hash in a path lets clients keep what has not changed. */
  #index(): JsonObject {
    const paths = [...this.#byPath()].map(([path, resources]): [string, JsonObject] => {
      const hash = createHash("sha256")
        .update(JSON.stringify(document(resources)))
        .digest("hex")
        .toUpperCase();
      return [path, { serverRelativeURL: `${ROOT}/${path}?hash=${hash}` }];
    });
    return { paths: Object.fromEntries(paths) };
  }
}

function document(resources: readonly Resource[]): JsonObject {
  const paths = resources.map((resource): [string, JsonObject] => [
    pathOf(resource),
    { patch: patchOperation(resource) },
  ]);
  const custom = resources.filter((resource) => resource.custom);
  const builtIns = resources.length === custom.length && custom.length > 0 ? {} : builtInSchemas();
  const schemas = { ...builtIns, ...Object.fromEntries(custom.map(customSchema)) };
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "1.36" },
    paths: Object.fromEntries(paths),
    components: { schemas },
  };
}

function pathOf({ group, version, namespaced, plural }: Resource): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}${namespaced ? "/namespaces/{namespace}" : ""}/${plural}/{name}`;
}

/** By this operation kubectl sees that it may leave the validation to the server. */
function patchOperation({ group, version, kind }: Resource): JsonObject {
  const parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => {
    return { name, in: "query", schema: { type: name === "force" ? "boolean" : "string" } };
  });
  return {
    parameters,
    responses: {},
    "x-kubernetes-action": "patch",
    "x-kubernetes-group-version-kind": { group, version, kind },
  };
}

function customSchema(resource: Resource): [string, JsonObject] {
  const { group, version, kind } = resource;
  const name = `${group.split(".").reverse().join(".")}.${version}.${kind}`;
  const schema = { ...(resource.schema as JsonObject), "x-kubernetes-group-version-kind": [{ group, version, kind }] };
  return [name, { ...schema, description: `${kind} of ${apiVersionOf(resource)}` }];
}

/** Every built-in type, whichever version asks: documents may hold more than they need. */
function builtInSchemas(): JsonObject {
  const kinds = new Map([...builtInKinds].map(([kind, { typeName }]) => [typeName, kind]));
  const types = [...builtInTypes].map(([name, type]): [string, JsonObject] => {
    const [kind = "", version = "", group = ""] = kinds.get(name)?.split("/").reverse() ?? [];
    const extension = kind === "" ? {} : { "x-kubernetes-group-version-kind": [{ group, version, kind }] };
    return [name, { ...renderStruct(type), ...extension }];
  });
  return { ...SCALAR_SCHEMAS, ...Object.fromEntries(types) };
}

function render(schema: Schema): JsonObject {
  const type =
    schema.typeName ?? SCALAR_TYPES[schema.format ?? (schema["x-kubernetes-int-or-string"] ? "int-or-string" : "")];
  if (type === undefined) {
    return schema["x-kubernetes-preserve-unknown-fields"] ? { type: "object" } : renderStruct(schema);
  }
  // What a field says beside its type stands next to the reference.
  const { default: value, "x-kubernetes-patch-strategy": strategy } = schema;
  return {
    allOf: [{ $ref: `#/components/schemas/${type}` }],
    ...(value === undefined ? {} : { default: value }),
    ...(strategy === undefined ? {} : { "x-kubernetes-patch-strategy": strategy }),
  };
}

function renderStruct({ typeName: _name, fieldNumber: _number, ...schema }: Schema): JsonObject {
  const { properties, items, additionalProperties } = schema;
  const { kind: _kind, ...rest } = schema as Schema & { kind?: string };
  return {
    ...(rest as JsonObject),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, render(field)])) }),
    ...(items === undefined ? {} : { items: render(items) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: render(additionalProperties) } : {}),
  };
}
