import { asArray, asObject, asString, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Column } from "../resource.ts";
import { ageOf } from "./age.ts";
import { parseJsonPath } from "./json-path.ts";

type Cell = Column["cell"];

function column(name: string, cell: Cell, type = "string", format = ""): Column {
  return { name, type, format, description: name, priority: 0, cell };
}

const wide = (made: Column): Column => ({ ...made, priority: 1 });

const nameColumn = column("Name", (object) => asString(asObject(object["metadata"])["name"]), "string", "name");
const createdAgo: Cell = (object, now) => ageOf(asString(asObject(object["metadata"])["creationTimestamp"]), now);
const ageColumn = column("Age", createdAgo);

export const defaultColumns: readonly Column[] = [nameColumn, ageColumn];

export const secretColumns: readonly Column[] = [
  nameColumn,
  column("Type", (secret) => asString(secret["type"])),
  column("Data", (secret) => Object.keys(asObject(secret["data"])).length),
  ageColumn,
];

export const configMapColumns: readonly Column[] = [
  nameColumn,
  column(
    "Data",
    ({ data = {}, binaryData = {} }) => [data, binaryData].flatMap((all) => Object.keys(asObject(all))).length,
  ),
  ageColumn,
];

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  column("Status", (namespace) => asString(asObject(namespace["status"])["phase"])),
  ageColumn,
];

export const leaseColumns: readonly Column[] = [
  nameColumn,
  column("Holder", (lease) => asString(asObject(lease["spec"])["holderIdentity"])),
  ageColumn,
];

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column("Ready", ({ spec = {}, status = {} }) => {
    return `${asObject(status)["readyReplicas"] ?? 0}/${asObject(spec)["replicas"] ?? 0}`;
  }),
  column("Up-to-date", (deployment) => asObject(deployment["status"])["updatedReplicas"] ?? 0),
  column("Available", (deployment) => asObject(deployment["status"])["availableReplicas"] ?? 0),
  ageColumn,
];

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column("Type", (service) => asString(asObject(service["spec"])["type"])),
  column("Cluster-IP", (service) => asString(asObject(service["spec"])["clusterIP"]) || "<none>"),
  column("External-IP", () => "<none>"),
  column("Port(s)", (service) => asArray(asObject(service["spec"])["ports"]).map(asObject).map(portCell).join(",")),
  ageColumn,
  wide(column("Selector", (service) => selectorCell(asObject(asObject(service["spec"])["selector"])))),
];

function portCell({ port = 0, protocol = "" }: JsonObject): string {
  return `${port}/${protocol}`;
}

function selectorCell(selector: JsonObject): string {
  const pairs = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? "<none>" : pairs.join(",");
}

/** Of core events; those of `events.k8s.io` are read the same, by other names. */
export const eventColumns: readonly Column[] = [
  column("Last Seen", (event, now) => lastSeen(event, now)),
  column("Type", (event) => asString(event["type"])),
  column("Reason", (event) => asString(event["reason"])),
  column("Object", (event) => objectCell(asObject(event["involvedObject"] ?? event["regarding"]))),
  wide(column("Subobject", (event) => asString(asObject(event["involvedObject"] ?? event["regarding"])["fieldPath"]))),
  wide(column("Source", (event) => sourceCell(event))),
  column("Message", (event) => asString(event["message"] ?? event["note"]).trim()),
  wide(column("First Seen", (event, now) => ageOf(asString(firstSeen(event)), now))),
  wide(column("Count", (event) => event["count"] ?? event["deprecatedCount"] ?? 1)),
  wide(nameColumn),
];

function firstSeen(event: JsonObject): Json {
  return event["firstTimestamp"] ?? event["deprecatedFirstTimestamp"] ?? event["eventTime"] ?? "";
}

function lastSeen(event: JsonObject, now: Date): string {
  return ageOf(asString(event["lastTimestamp"] ?? event["deprecatedLastTimestamp"] ?? firstSeen(event)), now);
}

function objectCell({ kind = "", name = "" }: JsonObject): string {
  return kind === "" ? asString(name) : `${asString(kind).toLowerCase()}/${name}`;
}

function sourceCell(event: JsonObject): string {
  const source = asObject(event["source"] ?? event["deprecatedSource"]);
  const component =
    asString(source["component"]) || asString(event["reportingComponent"] ?? event["reportingController"]);
  const instance = asString(source["host"]) || asString(event["reportingInstance"]);
  return instance === "" ? component : `${component}, ${instance}`;
}

/** The columns of a custom resource: its name, then what its CRD asks for, or its age. */
export function customColumns(definitions: readonly JsonObject[]): readonly Column[] {
  return definitions.length === 0 ? defaultColumns : [nameColumn, ...definitions.map(customColumn)];
}

function customColumn(definition: JsonObject): Column {
  const type = asString(definition["type"]);
  const path = asString(definition["jsonPath"]);
  const read = parseJsonPath(path);
  return {
    name: asString(definition["name"]),
    type,
    format: asString(definition["format"]),
    description:
      asString(definition["description"]) || `Custom resource definition column (in JSONPath format): ${path}`,
    priority: Number(definition["priority"] ?? 0),
    cell: (object, now) => customCell(type, read(object), now),
  };
}

function customCell(type: string, values: readonly Json[], now: Date): Json {
  const [first = null] = values;
  if (first === null) return null;
  if (type === "date") return typeof first === "string" ? ageOf(first, now) : "<invalid>";
  if (type === "integer" || type === "number") return typeof first === "number" ? first : null;
  if (type === "boolean") return typeof first === "boolean" ? first : null;
  return values
    .map((value) => (isJsonObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)))
    .join(" ");
}
