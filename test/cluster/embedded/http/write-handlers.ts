import { badRequest, conflict, methodNotAllowed, notFound } from "../api-error.ts";
import type { JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { representList, representObject, type View } from "../output/representation.ts";
import { type Resource, subjectOf } from "../resource.ts";
import { DecodeError } from "../schema/decode-built-in.ts";
import { parseSelector } from "../store/selector.ts";
import type { Store } from "../store/store.ts";
import { cannotBe, checkKind, decodeObject, emptyObject, strictError } from "../writing/decode-object.ts";
import { deleteObject, parseDeleteOptions } from "../writing/deletion.ts";
import { checkNamespaceOf, type ObjectWriter, type Target } from "../writing/object-writer.ts";
import { APPLY_PATCH, applyTo, checkPatchType, invalidPatch, patchObject } from "../writing/patching.ts";
import { parseWriteOptions, type WriteOptions } from "../writing/write-options.ts";
import type { ApiRequest } from "./api-request.ts";
import { select } from "./read-handlers.ts";
import type { Reply } from "./reply.ts";

/** The handlers of POST, PUT, PATCH and DELETE. */
export class WriteHandlers {
  readonly #store: Store;
  readonly #writer: ObjectWriter;

  constructor(store: Store, writer: ObjectWriter) {
    this.#store = store;
    this.#writer = writer;
  }

  async create(resource: Resource, namespace: string, request: ApiRequest, view: View): Promise<Reply> {
    const options = parseWriteOptions("CreateOptions", request.query, request.userAgent);
    const { object, warnings } = decode(resource, await request.object(resource.kind), options);
    const created = this.#writer.create(resource, namespace, { object }, options);
    return written(resource, 201, created, warnings, view);
  }

  async update(target: Target, request: ApiRequest, view: View): Promise<Reply> {
    const { resource, namespace } = target;
    const options = parseWriteOptions("UpdateOptions", request.query, request.userAgent);
    const { object, warnings } = decode(resource, await request.object(resource.kind), options);
    checkIdentity(target, object);
    const current = this.#writer.read(target);
    if (current === null) {
      if (!resource.createsOnUpdate || target.subresource !== "") throw notFound(subjectOf(resource, target.name));
      return written(resource, 201, this.#writer.create(resource, namespace, { object }, options), warnings, view);
    }
    checkUid(target, current, object);
    return written(resource, 200, this.#writer.update(target, current, { object }, options), warnings, view);
  }

  async patch(target: Target, request: ApiRequest, view: View): Promise<Reply> {
    const { resource } = target;
    const options = parseWriteOptions("PatchOptions", request.query, request.userAgent);
    checkPatchType(resource, request.contentType, options);
    const body = await request.text();
    const current = this.#writer.read(target);
    if (request.contentType === APPLY_PATCH) return this.#apply(target, current, body, options, view);
    if (current === null) throw notFound(subjectOf(resource, target.name));
    const patched = patchObject(resource, current, request.contentType, body);
    checkIdentity(target, patched.object);
    const { unknownFields } = patched;
    if (options.fieldValidation === "Strict" && unknownFields.length > 0) {
      throw invalidPatch(patched.object, strictError(unknownFields));
    }
    const warnings = options.fieldValidation === "Warn" ? unknownFields.map(unknownField) : [];
    return written(resource, 200, this.#writer.update(target, current, patched, options), warnings, view);
  }

  #apply(target: Target, current: KubeObject | null, body: string, options: WriteOptions, view: View): Reply {
    const { resource, namespace, name } = target;
    const applied = applyTo(target, current ?? emptyObject(resource), body, options);
    checkIdentity(target, applied.object);
    if (current !== null)
      return written(resource, 200, this.#writer.update(target, current, applied, options), [], view);
    if (target.subresource !== "") throw notFound(subjectOf(resource, name));
    const { uid } = applied.object.metadata;
    if (uid) {
      const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
      throw conflict(subjectOf(resource, name), why);
    }
    return written(resource, 201, this.#writer.create(resource, namespace, applied, options), [], view);
  }

  async delete(target: Target, request: ApiRequest, view: View): Promise<Reply> {
    const { resource, name } = target;
    if (target.subresource !== "") throw methodNotAllowed();
    const options = parseDeleteOptions(request.query, await request.optionalObject("DeleteOptions"));
    const current = this.#writer.read(target);
    if (current === null) throw notFound(subjectOf(resource, name));
    const { object, gone } = deleteObject(this.#store, resource, current, options);
    if (!gone || resource.returnsDeleted) return written(resource, 200, object, [], view);
    return { status: 200, body: success(resource, object), warnings: resource.rules.warn?.(object) ?? [] };
  }

  async deleteCollection(
    resource: Resource,
    namespace: string | null,
    request: ApiRequest,
    view: View,
  ): Promise<Reply> {
    const options = parseDeleteOptions(request.query, await request.optionalObject("DeleteOptions"));
    const selector = parseSelector(resource, request.query);
    const objects = select(resource, this.#store.collection(resource.collection).list(namespace), selector);
    for (const object of objects) deleteObject(this.#store, resource, object, options);
    const metadata = { resourceVersion: String(this.#store.revision) };
    return { status: 200, body: representList(resource, objects, metadata, view) };
  }
}

function written(
  resource: Resource,
  status: number,
  object: KubeObject,
  warnings: readonly string[],
  view: View,
): Reply {
  const all = [...warnings, ...(resource.rules.warn?.(object) ?? [])];
  return { status, body: representObject(resource, object, view), warnings: all };
}

function success({ group, plural }: Resource, { metadata: { name = "", uid = "" } }: KubeObject): JsonObject {
  const details = { name, ...(group === "" ? {} : { group }), kind: plural, uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}

interface DecodedRequest {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/** Reads the object of a POST or PUT. Throws a 400 where it does not fit its kind. */
function decode(resource: Resource, json: JsonObject, { fieldValidation }: WriteOptions): DecodedRequest {
  checkKind(resource, json);
  try {
    const { object, unknownFields } = decodeObject(resource, json);
    if (fieldValidation === "Strict" && unknownFields.length > 0) {
      throw badRequest(`${cannotBe(resource)}: ${strictError(unknownFields)}`);
    }
    return { object, warnings: fieldValidation === "Warn" ? unknownFields.map(unknownField) : [] };
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${cannotBe(resource)}: ${error.message}`);
    throw error;
  }
}

function unknownField(field: string): string {
  return `unknown field "${field}"`;
}

/** The object says the same name and namespace as the URL. */
function checkIdentity({ resource, namespace, name }: Target, object: KubeObject): void {
  const { name: said } = object.metadata;
  if (!said) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (said !== name) throw badRequest(`the name of the object (${said}) does not match the name on the URL (${name})`);
  checkNamespaceOf(object, resource, namespace);
}

/** A PUT that names a uid means that very object. */
function checkUid({ resource, namespace, name }: Target, current: KubeObject, object: KubeObject): void {
  const { uid } = object.metadata;
  if (!uid || uid === current.metadata.uid) return;
  const key = `/registry/${resource.collection}/${namespace}/${name}`;
  const uids = `UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
  const why = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${uids}`;
  throw conflict(subjectOf(resource, name), why);
}
