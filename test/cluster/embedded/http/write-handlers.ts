import { badRequest, conflict, methodNotAllowed, notFound } from "../api-error.ts";
import type { JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { representList, representObject, type View } from "../output/representation.ts";
import { type Resource, type Scope, subjectOf } from "../resource.ts";
import { DecodeError } from "../schema/decode-built-in.ts";
import { parseSelector } from "../store/selector.ts";
import type { Store } from "../store/store.ts";
import { cannotBe, checkKind, decodeObject, emptyObject, strictError } from "../writing/decode-object.ts";
import { deleteObject, parseDeleteOptions } from "../writing/deletion.ts";
import { checkNamespaceOf, type ObjectWriter, type Place, type Target } from "../writing/object-writer.ts";
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

  async create(place: Place, request: ApiRequest): Promise<Reply> {
    const { view } = request;
    const { resource } = place;
    const options = parseWriteOptions("CreateOptions", request.query, request.userAgent);
    const { object, warnings } = decode(resource, await request.object(resource.kind), options);
    return written(resource, view, { status: 201, object: this.#writer.create(place, { object }, options), warnings });
  }

  async update(target: Target, request: ApiRequest): Promise<Reply> {
    const { view } = request;
    const { resource } = target;
    const options = parseWriteOptions("UpdateOptions", request.query, request.userAgent);
    const { object, warnings } = decode(resource, await request.object(resource.kind), options);
    checkIdentity(target, object);
    const current = this.#writer.read(target);
    if (current !== null) {
      checkUid(target, current, object);
      const updated = this.#writer.update(target, current, { object }, options);
      return written(resource, view, { status: 200, object: updated, warnings });
    }
    if (!resource.createsOnUpdate || target.subresource !== "") throw notFound(subjectOf(resource, target.name));
    return written(resource, view, { status: 201, object: this.#writer.create(target, { object }, options), warnings });
  }

  async patch(target: Target, request: ApiRequest): Promise<Reply> {
    const { view, contentType } = request;
    const { resource } = target;
    const options = parseWriteOptions("PatchOptions", request.query, request.userAgent);
    checkPatchType(resource, contentType, options);
    const body = await request.text();
    if (contentType === APPLY_PATCH) return written(resource, view, this.#apply(target, body, options));
    const current = this.#writer.read(target);
    if (current === null) throw notFound(subjectOf(resource, target.name));
    const patched = patchObject(resource, current, { contentType, body });
    checkIdentity(target, patched.object);
    const { unknownFields } = patched;
    if (options.fieldValidation === "Strict" && unknownFields.length > 0) {
      throw invalidPatch(patched.object, strictError(unknownFields));
    }
    const object = this.#writer.update(target, current, patched, options);
    return written(resource, view, { status: 200, object, warnings: warningsOf(unknownFields, options) });
  }

  #apply(target: Target, configuration: string, options: WriteOptions): Written {
    const { resource, name } = target;
    const current = this.#writer.read(target);
    const applied = applyTo(target, current ?? emptyObject(resource), configuration, options);
    checkIdentity(target, applied.object);
    if (current !== null) return { status: 200, object: this.#writer.update(target, current, applied, options) };
    if (target.subresource !== "") throw notFound(subjectOf(resource, name));
    const { uid } = applied.object.metadata;
    if (uid) {
      const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
      throw conflict(subjectOf(resource, name), why);
    }
    return { status: 201, object: this.#writer.create(target, applied, options) };
  }

  async delete(target: Target, request: ApiRequest): Promise<Reply> {
    const { view } = request;
    const { resource, name } = target;
    if (target.subresource !== "") throw methodNotAllowed();
    const options = parseDeleteOptions(request.query, await request.optionalObject("DeleteOptions"));
    const current = this.#writer.read(target);
    if (current === null) throw notFound(subjectOf(resource, name));
    const { object, gone } = deleteObject(this.#store, resource, current, options);
    if (!gone || resource.returnsDeleted) return written(resource, view, { status: 200, object });
    return { status: 200, body: success(resource, object), warnings: resource.rules.warn?.(object) ?? [] };
  }

  async deleteCollection({ resource, namespace }: Scope, request: ApiRequest): Promise<Reply> {
    const { view } = request;
    const options = parseDeleteOptions(request.query, await request.optionalObject("DeleteOptions"));
    const selector = parseSelector(resource, request.query);
    const objects = select(resource, this.#store.collection(resource.collection).list(namespace), selector);
    for (const object of objects) deleteObject(this.#store, resource, object, options);
    const metadata = { resourceVersion: String(this.#store.revision) };
    return { status: 200, body: representList(resource, { objects, metadata }, view) };
  }
}

interface Written {
  readonly status: number;
  readonly object: KubeObject;
  readonly warnings?: readonly string[];
}

function written(resource: Resource, view: View, { status, object, warnings = [] }: Written): Reply {
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
function decode(resource: Resource, json: JsonObject, options: WriteOptions): DecodedRequest {
  checkKind(resource, json);
  try {
    const { object, unknownFields } = decodeObject(resource, json);
    if (options.fieldValidation === "Strict" && unknownFields.length > 0) {
      throw badRequest(`${cannotBe(resource)}: ${strictError(unknownFields)}`);
    }
    return { object, warnings: warningsOf(unknownFields, options) };
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${cannotBe(resource)}: ${error.message}`);
    throw error;
  }
}

function warningsOf(unknownFields: readonly string[], { fieldValidation }: WriteOptions): string[] {
  return fieldValidation === "Warn" ? unknownFields.map((field) => `unknown field "${field}"`) : [];
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
