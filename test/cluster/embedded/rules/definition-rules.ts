import type { Cause } from "../api-error.ts";
import { asArray, asObject, asString, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue, required, unsupportedValue } from "./cause.ts";

/** Custom resource definitions. */
export const definitionRules: ResourceRules = {
  default(definition) {
    const spec = asObject(definition["spec"]);
    const names = asObject(spec["names"]);
    const kind = asString(names["kind"]);
    definition["spec"] = {
      ...spec,
      names: {
        ...names,
        singular: names["singular"] || kind.toLowerCase(),
        listKind: names["listKind"] || `${kind}List`,
      },
      conversion: spec["conversion"] ?? { strategy: "None" },
    };
  },

  /** Nothing is accepted yet; a controller does that soon after. */
  prepareCreate(definition) {
    definition["status"] = {
      conditions: null,
      acceptedNames: { plural: "", kind: "" },
      storedVersions: storedVersions(definition),
    };
  },

  validate: (definition) => [
    ...validateNames(definition),
    ...validateVersions(definition),
    ...validateScope(asObject(definition["spec"])),
  ],
};

function versionsOf(definition: KubeObject): JsonObject[] {
  return asArray(asObject(definition["spec"])["versions"]).map(asObject);
}

function storedVersions(definition: KubeObject): Json {
  return versionsOf(definition)
    .filter(({ storage }) => storage === true)
    .map(({ name }) => asString(name));
}

function validateNames(definition: KubeObject): Cause[] {
  const { group, names } = asObject(definition["spec"]);
  const expected = `${asString(asObject(names)["plural"])}.${asString(group)}`;
  const { name = "" } = definition.metadata;
  return name === expected ? [] : [invalidValue("metadata.name", name, 'must be spec.names.plural+"."+spec.group')];
}

function validateScope({ scope = "" }: JsonObject): Cause[] {
  const scopes = ["Cluster", "Namespaced"];
  return scopes.includes(asString(scope)) ? [] : [unsupportedValue("spec.scope", scope, scopes)];
}

function validateVersions(definition: KubeObject): Cause[] {
  const versions = versionsOf(definition);
  const stored = versions.filter(({ storage }) => storage === true);
  if (stored.length !== 1) {
    return [
      invalidValue("spec.versions", versions, "must have exactly one version marked as storage version"),
      invalidValue("status.storedVersions", null, "must have at least one stored version"),
    ];
  }
  return versions.flatMap(({ schema }, index) => {
    const declared = asObject(schema)["openAPIV3Schema"];
    if (!isJsonObject(declared)) return [required(`spec.versions[${index}].schema.openAPIV3Schema`)];
    // The schema of a single version is reported as what it was before there were several.
    const field =
      versions.length === 1 ? "spec.validation.openAPIV3Schema" : `spec.versions[${index}].schema.openAPIV3Schema`;
    return validateStructure(declared, field, true);
  });
}

/** A structural schema says of every field what type it is. */
function validateStructure(schema: JsonObject, field: string, isRoot = false): Cause[] {
  const typeless =
    schema["x-kubernetes-int-or-string"] === true || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const where = isRoot ? "at the root" : "for specified object fields";
  const { items, additionalProperties } = schema;
  return [
    ...Object.entries(asObject(schema["properties"])).flatMap(([name, type]) =>
      validateStructure(asObject(type), `${field}.properties[${name}]`),
    ),
    ...(isJsonObject(items) ? validateStructure(items, `${field}.items`) : []),
    ...(isJsonObject(additionalProperties)
      ? validateStructure(additionalProperties, `${field}.additionalProperties`)
      : []),
    ...(schema["type"] || (typeless && !isRoot) ? [] : [required(`${field}.type`, `must not be empty ${where}`)]),
  ];
}
