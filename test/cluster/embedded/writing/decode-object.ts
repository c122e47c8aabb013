import { badRequest, invalid } from "../api-error.ts";
import { cloneJson, isJsonObject, type JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { apiVersionOf, type Resource } from "../resource.ts";
import { invalidValue } from "../rules/cause.ts";
import { builtInTypes } from "../schema/built-in-types.ts";
import { decodeBuiltIn } from "../schema/decode-built-in.ts";
import { applyDefaults, dropForbiddenNulls } from "../schema/defaulting.ts";
import { prune } from "../schema/pruning.ts";
import type { Schema } from "../schema/schema.ts";

export interface DecodedObject {
  readonly object: KubeObject;
  /** Paths of what the kind does not know, and what was therefore dropped. */
  readonly unknownFields: readonly string[];
}

/** Makes an object of the resource out of JSON: unknown fields dropped, defaults filled in. Throws `DecodeError` where types do not fit. */
export function decodeObject(resource: Resource, json: JsonObject): DecodedObject {
  const decoded = resource.custom ? decodeCustom(resource, json) : decodeBuiltInObject(resource, json);
  resource.rules.default?.(decoded.object);
  return decoded;
}

/** A new object of the kind that says nothing; what a created object is compared to. */
export function emptyObject(resource: Resource): KubeObject {
  const identity = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  if (resource.custom) return { ...identity, metadata: {} };
  return { ...decodeBuiltIn(resource.schema, {}).value, ...identity, metadata: {} };
}

function decodeBuiltInObject(resource: Resource, json: JsonObject): DecodedObject {
  const { value, unknownFields } = decodeBuiltIn(resource.schema, json);
  const object = { ...value, apiVersion: apiVersionOf(resource), kind: resource.kind } as KubeObject;
  return { object, unknownFields };
}

const metadataType: Schema = builtInTypes.get("meta.v1.ObjectMeta") ?? {};

function decodeCustom({ schema }: Resource, json: JsonObject): DecodedObject {
  const { metadata: said = null, ...fields } = cloneJson(json);
  const metadata = decodeBuiltIn(metadataType, said ?? {});
  const object = { ...fields, metadata: metadata.value } as KubeObject;
  const pruned = prune(schema, object);
  applyDefaults(schema, object);
  dropForbiddenNulls(schema, object);
  return { object, unknownFields: [...metadata.unknownFields.map((field) => `metadata.${field}`), ...pruned] };
}

/** Checks that a request's object is of the kind that its URL names. */
export function checkKind(resource: Resource, json: JsonObject): void {
  const apiVersion = apiVersionOf(resource);
  const { apiVersion: saidVersion, kind: saidKind } = json;
  if (resource.custom) checkCustomKind(resource, json, apiVersion);
  else if (saidKind !== undefined && saidKind !== "" && saidKind !== resource.kind) {
    const why = `converting (${saidVersion}.${saidKind}) to (${resource.kind}): unknown conversion`;
    throw badRequest(`${cannotBe(resource, String(saidKind), String(saidVersion))}: ${why}`);
  } else if (saidVersion !== undefined && saidVersion !== "" && saidVersion !== apiVersion) {
    const why = `no kind "${resource.kind}" is registered for version "${saidVersion}" in scheme`;
    throw badRequest(`${cannotBe(resource, resource.kind, String(saidVersion))}: ${why}`);
  }
}

function checkCustomKind(resource: Resource, json: JsonObject, apiVersion: string): void {
  const { apiVersion: saidVersion, kind: saidKind } = json;
  if (typeof saidKind !== "string" || saidKind === "") {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing`,
    );
  }
  if (saidVersion !== apiVersion) {
    const versions = `(${saidVersion}) does not match the expected API version (${apiVersion})`;
    throw badRequest(`the API version in the data ${versions}`);
  }
  if (saidKind === resource.kind) return;
  const name = isJsonObject(json["metadata"]) ? json["metadata"]["name"] : undefined;
  const subject = { group: resource.group, kind: saidKind, name: typeof name === "string" ? name : undefined };
  throw invalid(subject, [invalidValue("kind", saidKind, `must be ${resource.kind}`)]);
}

/** How the decoder starts to complain. */
export function cannotBe(resource: Resource, kind = resource.kind, version = resource.version): string {
  return `${kind} in version "${version}" cannot be handled as a ${resource.kind}`;
}

export function strictError(unknownFields: readonly string[]): string {
  return `strict decoding error: ${unknownFields.map((field) => `unknown field "${field}"`).join(", ")}`;
}
