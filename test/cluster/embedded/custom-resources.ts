import { asArray, asObject, asString, type JsonObject } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";
import { customColumns } from "./output/columns.ts";
import { parseJsonPath } from "./output/json-path.ts";
import type { Resource, Verb } from "./resource.ts";
import type { Schema } from "./schema/schema.ts";
import { validate } from "./schema/validation.ts";

const VERBS: readonly Verb[] = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** What a custom resource definition adds to the API: one resource for each version that it serves. */
export function customResources(definition: KubeObject): Resource[] {
  const spec = asObject(definition["spec"]);
  const versions = asArray(spec["versions"]).map(asObject);
  const storage = versions.find(({ storage }) => storage === true) ?? {};
  return versions
    .filter(({ served }) => served === true)
    .map((version) => customResource(spec, version, asString(storage["name"])));
}

/** Where the custom resources of a definition are stored: named as the definition is, with the group first. */
export function collectionOf(definition: KubeObject): string {
  const spec = asObject(definition["spec"]);
  return `${asString(spec["group"])}/${asString(asObject(spec["names"])["plural"])}`;
}

function customResource(spec: JsonObject, version: JsonObject, storageVersion: string): Resource {
  const names = asObject(spec["names"]);
  const group = asString(spec["group"]);
  const name = asString(version["name"]);
  const plural = asString(names["plural"]);
  const kind = asString(names["kind"]);
  const schema = schemaOf(version);
  return {
    group,
    version: name,
    plural,
    singular: asString(names["singular"]),
    kind,
    listKind: asString(names["listKind"]),
    namespaced: spec["scope"] === "Namespaced",
    shortNames: asArray(names["shortNames"]).map(asString),
    categories: asArray(names["categories"]).map(asString),
    verbs: VERBS,
    custom: true,
    schema,
    hasStatus: asObject(version["subresources"])["status"] !== undefined,
    hasGeneration: true,
    createsOnUpdate: false,
    updatesUnconditionally: false,
    returnsDeleted: false,
    collection: `${group}/${plural}`,
    rules: { validate: (object) => validate(schema, object) },
    columns: customColumns(asArray(version["additionalPrinterColumns"]).map(asObject)),
    selectableFields: Object.fromEntries(asArray(version["selectableFields"]).map(asObject).map(selectableField)),
    subresources: [],
    // Versions differ in their schema alone: the conversion strategy is `None`.
    fromStored: (object) => withVersion(object, `${group}/${name}`),
    toStored: (object) => withVersion(object, `${group}/${storageVersion}`),
  };
}

function selectableField({ jsonPath = "" }: JsonObject): [string, (object: KubeObject) => string] {
  const read = parseJsonPath(asString(jsonPath));
  return [asString(jsonPath).replace(/^\./, ""), (object) => String(read(object)[0] ?? "")];
}

function withVersion(object: KubeObject, apiVersion: string): KubeObject {
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The version's schema, with the fields that every object has. */
function schemaOf(version: JsonObject): Schema {
  const declared = asObject(asObject(version["schema"])["openAPIV3Schema"]) as Schema;
  const { metadata } = declared.properties ?? {};
  const properties = {
    ...declared.properties,
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: metadata ?? { type: "object" },
  } as const;
  return { ...declared, properties };
}
