import { stringify } from "yaml";
import { notAcceptable } from "../api-error.ts";
import type { JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { apiVersionOf, type Column, type Resource } from "../resource.ts";

/** In which shape a client wants objects. */
export type Shape = "Full" | "PartialObjectMetadata" | "Table";

export interface Representation {
  readonly shape: Shape;
  readonly mediaType: "application/json" | "application/yaml";
}

/** What this server can say. A real one knows protobuf too. */
const ACCEPTED = ["application/json", "application/yaml"];

const SHAPES: Readonly<Record<string, Shape>> = {
  PartialObjectMetadata: "PartialObjectMetadata",
  PartialObjectMetadataList: "PartialObjectMetadata",
  Table: "Table",
};

/** Reads an Accept header: the first of its ranges that can be served. Throws a 406 where none can. */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === "") return { shape: "Full", mediaType: "application/json" };
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const found = acceptRange(type, Object.fromEntries(parameters.map((parameter) => parameter.split("="))));
    if (found !== null) return found;
  }
  throw notAcceptable(ACCEPTED);
}

function acceptRange(type: string, parameters: Readonly<Record<string, string>>): Representation | null {
  const { as, g: group, v: version } = parameters;
  if (as !== undefined) {
    const shape = group === "meta.k8s.io" && version === "v1" ? SHAPES[as] : undefined;
    return type === "application/json" && shape !== undefined ? { shape, mediaType: "application/json" } : null;
  }
  if (type === "application/yaml") return { shape: "Full", mediaType: "application/yaml" };
  const json = ["application/json", "application/*", "*/*"].includes(type);
  return json ? { shape: "Full", mediaType: "application/json" } : null;
}

export function serialize(body: JsonObject, mediaType: Representation["mediaType"]): string {
  return mediaType === "application/yaml" ? stringify(body) : `${JSON.stringify(body)}\n`;
}

/** How a request wants what it asks for shown. */
export interface View {
  readonly shape: Shape;
  /** What of the object a table's rows carry. */
  readonly rows: "None" | "Metadata" | "Object";
}

/** One object in the wanted shape. */
export function representObject(resource: Resource, object: KubeObject, view: View): JsonObject {
  if (view.shape === "PartialObjectMetadata") return partial(object);
  if (view.shape === "Full") return object;
  const metadata = { resourceVersion: object.metadata.resourceVersion ?? "" };
  return table(resource.columns, { objects: [object], metadata }, view.rows);
}

export interface ObjectList {
  readonly objects: readonly KubeObject[];
  /** The list's own. */
  readonly metadata: JsonObject;
}

/** A list in the wanted shape. */
export function representList(resource: Resource, list: ObjectList, view: View): JsonObject {
  const { objects, metadata } = list;
  if (view.shape === "Table") return table(resource.columns, list, view.rows);
  if (view.shape === "PartialObjectMetadata") {
    return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items: objects.map(partial) };
  }
  const items = objects.map((object) => listItem(resource, object));
  return { kind: resource.listKind, apiVersion: apiVersionOf(resource), metadata, items };
}

/** Items of built-in kinds do not say in a list what they are; custom resources do. */
function listItem(resource: Resource, object: KubeObject): JsonObject {
  if (resource.custom) return object;
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return rest;
}

function partial({ metadata }: KubeObject): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

/** A table that a watch goes on with: kubectl wants the columns only once. */
export function withoutColumns(body: JsonObject): JsonObject {
  return { ...body, columnDefinitions: null };
}

function table(columns: readonly Column[], { objects, metadata }: ObjectList, rows: View["rows"]): JsonObject {
  const now = new Date();
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: columns.map(({ cell: _, ...definition }) => definition),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      ...(rows === "None" ? {} : { object: rows === "Object" ? object : partial(object) }),
    })),
  };
}
