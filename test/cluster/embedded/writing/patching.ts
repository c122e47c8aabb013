import { parse as parseYaml } from "yaml";
import { badRequest, internalError, invalid, unprocessable, unsupportedMediaType } from "../api-error.ts";
import { applyConfiguration } from "../fields/field-manager.ts";
import { MissingKeyError } from "../fields/typed-value.ts";
import { cloneJson, isJsonObject, type Json, type JsonObject, jsonType } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { applyJsonPatch, JsonPatchError } from "../patch/json-patch.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import { applyStrategicMergePatch, StrategicMergePatchError } from "../patch/strategic-merge-patch.ts";
import { apiVersionOf, type Resource } from "../resource.ts";
import { forbiddenValue, invalidValue, required } from "../rules/cause.ts";
import { DecodeError } from "../schema/decode-built-in.ts";
import { type DecodedObject, decodeObject } from "./decode-object.ts";
import { type Proposal, type Target, writerOf } from "./object-writer.ts";
import type { WriteOptions } from "./write-options.ts";

export const APPLY_PATCH = "application/apply-patch+yaml";
const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";

/** A patch as it came. */
export interface Patch {
  readonly contentType: string;
  readonly body: string;
}

/** What a patch makes of an object, and what of it was not understood. */
export interface Patched extends Proposal {
  readonly unknownFields: readonly string[];
}

/** Checks what can be checked without the object. Throws a 415 for a kind of patch that the resource does not take. */
export function checkPatchType(resource: Resource, contentType: string, options: WriteOptions): void {
  const accepted = [JSON_PATCH, MERGE_PATCH, ...(resource.custom ? [] : [STRATEGIC_MERGE_PATCH]), APPLY_PATCH];
  if (!accepted.includes(contentType)) throw unsupportedMediaType(accepted);
  const subject = { group: "meta.k8s.io", kind: "PatchOptions" };
  if (contentType === APPLY_PATCH && options.saidFieldManager === null) {
    throw invalid(subject, [required("fieldManager", "is required for apply patch")]);
  }
  if (contentType !== APPLY_PATCH && options.force !== null) {
    throw invalid(subject, [forbiddenValue("force", "may not be specified for non-apply patch")]);
  }
}

/** Carries out any patch but apply. */
export function patchObject(resource: Resource, current: KubeObject, patch: Patch): Patched {
  const patched = applyPatch(resource, current, patch);
  try {
    const { object, unknownFields } = decodeObject(resource, isJsonObject(patched) ? patched : {});
    return { object, unknownFields };
  } catch (error) {
    if (error instanceof DecodeError) throw invalidPatch(patched, error.message);
    throw error;
  }
}

/** For a patch that leads to an object which is none. */
export function invalidPatch(patched: Json, why: string): Error {
  return invalid({ group: "", kind: "" }, [invalidValue("patch", JSON.stringify(patched), why)]);
}

function parsePatch(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
}

function applyPatch(resource: Resource, current: KubeObject, { contentType, body }: Patch): Json {
  const patch = parsePatch(body);
  if (contentType === JSON_PATCH) return jsonPatched(current, patch);
  if (!isJsonObject(patch)) {
    throw badRequest(`error decoding patch: cannot unmarshal ${jsonType(patch)} into an object`);
  }
  if (contentType === MERGE_PATCH) return applyMergePatch(current, patch);
  try {
    return applyStrategicMergePatch(resource.schema, current, patch);
  } catch (error) {
    if (error instanceof StrategicMergePatchError) throw badRequest(error.message);
    throw error;
  }
}

function jsonPatched(current: KubeObject, patch: Json): Json {
  if (!Array.isArray(patch) || !patch.every(isJsonObject)) {
    const type = jsonType(patch);
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${type} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  try {
    return applyJsonPatch(current, patch);
  } catch (error) {
    if (error instanceof JsonPatchError) throw unprocessable();
    throw error;
  }
}

/** Carries out a server-side apply; `live` is an empty object where there is none yet. */
export function applyTo(target: Target, live: KubeObject, body: string, options: WriteOptions): Patched {
  const config = parseConfiguration(target, body);
  const writer = writerOf(target, options, [live, config]);
  const merged = mergeConfiguration(target, () =>
    applyConfiguration(writer, live, { config, force: options.force === true }),
  );
  const { managedFields = [] } = merged.metadata;
  const { object } = decodeOr500(target, merged);
  return { object, managedFields, unknownFields: [] };
}

function parseConfiguration(target: Target, body: string): KubeObject {
  const { resource } = target;
  const config = asConfiguration(body);
  const { apiVersion = "", kind = "" } = config;
  if (apiVersion !== apiVersionOf(resource) || kind !== resource.kind) {
    throw badRequest(`invalid object type: /${apiVersion}, Kind=${kind}`);
  }
  const { metadata } = config;
  if (isJsonObject(metadata) && metadata["managedFields"] != null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const { unknownFields } = decodeOr500(target, cloneJson(config));
  if (unknownFields.length > 0) throw untyped(target, `.${unknownFields[0]}: field not declared in schema`);
  return config as KubeObject;
}

function asConfiguration(body: string): JsonObject {
  try {
    const config: unknown = parseYaml(body);
    return isJsonObject(config) ? config : {};
  } catch (error) {
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${(error as Error).message}`);
  }
}

function mergeConfiguration(target: Target, apply: () => KubeObject): KubeObject {
  try {
    return apply();
  } catch (error) {
    if (error instanceof MissingKeyError) throw untyped(target, error.message);
    throw error;
  }
}

function decodeOr500(target: Target, config: JsonObject): DecodedObject {
  try {
    return decodeObject(target.resource, config);
  } catch (error) {
    if (error instanceof DecodeError) throw untyped(target, error.message);
    throw error;
  }
}

/** The API server takes a configuration that does not fit its type for a failure of its own. */
function untyped({ resource, namespace, name }: Target, why: string): Error {
  const { group, version, kind } = resource;
  const what = `${namespace}/${name}; ${group}/${version}, Kind=${kind}`;
  return internalError(`failed to create typed patch object (${what}): ${why}`);
}
