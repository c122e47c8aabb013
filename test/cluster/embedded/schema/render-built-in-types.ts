/** The part of an OpenAPI v3 document that is read here. */
export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, OpenApiSchema>> };
}

interface OpenApiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly "x-kubernetes-group-version-kind"?: readonly { group: string; version: string; kind: string }[];
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
}

/** Types that are written as a word of their own, because their schema says too little about them. */
const WORDS: Readonly<Record<string, string>> = {
  "meta.v1.Time": "time",
  "meta.v1.MicroTime": "micro-time",
  "util.intstr.IntOrString": "int-or-string",
  "api.resource.Quantity": "quantity",
};

/** The paths below `/openapi/v3/` of the documents that hold these kinds: `apis/apps/v1`. */
export function groupVersions(kinds: readonly string[]): string[] {
  const versions = new Set(kinds.map((kind) => kind.split("/").slice(0, -1).join("/")));
  return [...versions].map((version) => (version.includes("/") ? `apis/${version}` : `api/${version}`));
}

/**
 * Writes the types of the kinds (`v1/Secret`, `apps/v1/Deployment`), and all that they are made of, in the form of
 * `built-in-types.txt`. The documents are those of an API server's `/openapi/v3/...`.
 */
export function renderBuiltInTypes(documents: readonly OpenApiDocument[], kinds: readonly string[]): string {
  const schemas = new Map<string, OpenApiSchema>();
  for (const document of documents) {
    for (const [name, schema] of Object.entries(document.components.schemas)) schemas.set(shortName(name), schema);
  }
  const roots = new Map([...schemas].flatMap(([name, schema]) => kindsOf(schema).map((kind) => [kind, name] as const)));
  const reached = new Set<string>();
  for (const kind of kinds) reach(roots.get(kind) ?? missing(kind), schemas, reached);
  return [...reached]
    .sort()
    .map((name) => renderType(name, schemas.get(name) ?? missing(name), kinds, schemas))
    .join("\n");
}

function missing(name: string): never {
  throw new Error(`no schema for ${name}`);
}

/** `io.k8s.api.core.v1.Secret` as `core.v1.Secret`. */
function shortName(name: string): string {
  return name.split(".").slice(-3).join(".");
}

function kindsOf(schema: OpenApiSchema): string[] {
  return (schema["x-kubernetes-group-version-kind"] ?? []).map(({ group, version, kind }) =>
    group === "" ? `${version}/${kind}` : `${group}/${version}/${kind}`,
  );
}

function reach(name: string, schemas: ReadonlyMap<string, OpenApiSchema>, reached: Set<string>): void {
  if (reached.has(name)) return;
  reached.add(name);
  for (const field of Object.values(schemas.get(name)?.properties ?? {})) {
    const type = renderTypeOf(field, schemas).replaceAll(/[[\]{}]/g, "");
    if (schemas.has(type)) reach(type, schemas, reached);
  }
}

function renderType(
  name: string,
  schema: OpenApiSchema,
  kinds: readonly string[],
  schemas: ReadonlyMap<string, OpenApiSchema>,
): string {
  const kind = kindsOf(schema).find((candidate) => kinds.includes(candidate));
  const head = [
    name,
    ...(schema["x-kubernetes-map-type"] === "atomic" ? ["atomic"] : []),
    ...(kind ? ["=", kind] : []),
  ];
  const fields = Object.entries(schema.properties ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, type]) => `  ${renderField(field, type, schema.required?.includes(field) ?? false, schemas)}\n`);
  return `${head.join(" ")}\n${fields.join("")}`;
}

function renderField(
  name: string,
  schema: OpenApiSchema,
  required: boolean,
  schemas: ReadonlyMap<string, OpenApiSchema>,
): string {
  const keys = schema["x-kubernetes-list-map-keys"];
  const listType = schema["x-kubernetes-list-type"] ?? "atomic";
  return [
    required ? `${name}!` : name,
    renderTypeOf(schema, schemas),
    ...(schema.default === undefined ? [] : [`default=${JSON.stringify(schema.default)}`]),
    ...(listType === "atomic" ? [] : [keys ? `list=map(${keys.join(",")})` : `list=${listType}`]),
    ...(schema["x-kubernetes-map-type"] === "atomic" ? ["map=atomic"] : []),
    ...(schema["x-kubernetes-patch-strategy"] ? [`patch=${schema["x-kubernetes-patch-strategy"]}`] : []),
    ...(schema["x-kubernetes-patch-merge-key"] ? [`key=${schema["x-kubernetes-patch-merge-key"]}`] : []),
  ].join(" ");
}

function renderTypeOf(schema: OpenApiSchema, schemas: ReadonlyMap<string, OpenApiSchema>): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const name = shortName(reference.slice("#/components/schemas/".length));
    return WORDS[name] ?? (schemas.get(name)?.properties ? name : "any");
  }
  if (schema.items) return `[${renderTypeOf(schema.items, schemas)}]`;
  if (schema.additionalProperties) return `{${renderTypeOf(schema.additionalProperties, schemas)}}`;
  if (schema.type === undefined || schema.type === "object") return "any";
  return schema.format ?? schema.type;
}
