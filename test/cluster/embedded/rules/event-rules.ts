import type { Cause } from "../api-error.ts";
import { asObject, asString, type Json } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { ResourceRules } from "../resource.ts";
import { invalidValue, required } from "./cause.ts";
import { qualifiedName } from "./name-rules.ts";

/** Events about objects without a namespace live in this one. */
const CLUSTER_EVENTS_NAMESPACE = "default";

/** Events as the core group has them. */
export const coreEventRules: ResourceRules = {
  default: (event) => showTimes(event, ["eventTime", "firstTimestamp", "lastTimestamp"]),
  validate: (event) => validateNamespace(event, "involvedObject"),
};

/** Events as `events.k8s.io` has them, which asks for more. */
export const newEventRules: ResourceRules = {
  default: (event) => showTimes(event, ["eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"]),
  validate: (event) => [...validateNamespace(event, "regarding"), ...validateContents(event)],
};

/** Times that nobody set are shown as null. */
function showTimes(event: KubeObject, fields: readonly string[]): void {
  for (const field of fields) event[field] ??= null;
}

function validateNamespace(event: KubeObject, field: string): Cause[] {
  const about = asString(asObject(event[field])["namespace"]);
  const { namespace = "" } = event.metadata;
  if (about === namespace || (about === "" && namespace === CLUSTER_EVENTS_NAMESPACE)) return [];
  return [invalidValue("involvedObject.namespace", about, "does not match event.namespace")];
}

function validateContents(event: KubeObject): Cause[] {
  const controller = asString(event["reportingController"]);
  const type = asString(event["type"]);
  const missing = ["reportingController", "reportingInstance", "action", "reason"].filter((field) => !event[field]);
  return [
    ...missing.map((field) => required(field)),
    ...qualifiedName(controller).map((why) => invalidValue("reportingController", controller, why)),
    ...(["Normal", "Warning"].includes(type) ? [] : [invalidValue("type", "", `has invalid value: ${type}`)]),
  ];
}

/** The fields of `events.k8s.io` by what the core group, in whose form events are stored, calls them. */
const NEW_NAMES: Readonly<Record<string, string>> = {
  involvedObject: "regarding",
  message: "note",
  source: "deprecatedSource",
  firstTimestamp: "deprecatedFirstTimestamp",
  lastTimestamp: "deprecatedLastTimestamp",
  count: "deprecatedCount",
  reportingComponent: "reportingController",
};

const CORE_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(NEW_NAMES).map(([core, fresh]) => [fresh, core]),
);

/** What the core form shows even where it is empty, and the new one leaves out. */
const CORE_DEFAULTS: Readonly<Record<string, Json>> = { reportingComponent: "", reportingInstance: "" };

export function toNewEvent(event: KubeObject): KubeObject {
  const shown = Object.entries(event).filter(([field, value]) => value !== "" || CORE_DEFAULTS[field] === undefined);
  return { ...rename(shown, NEW_NAMES), apiVersion: "events.k8s.io/v1" } as KubeObject;
}

export function toCoreEvent(event: KubeObject): KubeObject {
  return { ...CORE_DEFAULTS, ...rename(Object.entries(event), CORE_NAMES), apiVersion: "v1" } as KubeObject;
}

function rename(entries: readonly [string, Json][], names: Readonly<Record<string, string>>): Record<string, Json> {
  return Object.fromEntries(entries.map(([field, value]) => [names[field] ?? field, value]));
}
