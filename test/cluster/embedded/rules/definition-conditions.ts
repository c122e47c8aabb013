import { asArray, asObject, type Json, type JsonObject } from "../json.ts";
import { type KubeObject, timestamp } from "../kube-object.ts";

/** The status of a definition whose names are accepted and whose resources are served. */
export function establishedStatus(definition: KubeObject): JsonObject {
  const spec = asObject(definition["spec"]);
  const status = asObject(definition["status"]);
  const versions = asArray(spec["versions"]).map(asObject);
  const stored = versions.filter(({ storage }) => storage === true).map(({ name = "" }) => name);
  const accepted = condition("NamesAccepted", "NoConflicts", "no conflicts found");
  const established = condition("Established", "InitialNamesAccepted", "the initial names have been accepted");
  return {
    ...status,
    acceptedNames: asObject(spec["names"]),
    storedVersions: [...new Set([...asArray(status["storedVersions"]), ...stored])],
    conditions: [accepted, established].reduce(withCondition, asArray(status["conditions"])),
  };
}

/** The status of a definition that was asked to go. */
export function terminatingStatus(definition: KubeObject): JsonObject {
  const status = asObject(definition["status"]);
  const message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon";
  const terminating = condition("Terminating", "InstanceDeletionPending", message);
  return { ...status, conditions: withCondition(asArray(status["conditions"]), terminating) };
}

function condition(type: string, reason: string, message: string): JsonObject {
  return { type, status: "True", lastTransitionTime: timestamp(), reason, message };
}

/** A condition that is there already keeps its time. */
function withCondition(conditions: Json[], added: JsonObject): Json[] {
  return conditions.some((existing) => asObject(existing)["type"] === added["type"])
    ? conditions
    : [...conditions, added];
}
