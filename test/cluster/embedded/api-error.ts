import type { JsonObject } from "./json.ts";

/** Why one field of an object is wrong: an entry of `details.causes`. */
export interface Cause {
  readonly field: string;
  readonly reason: CauseReason;
  /** As in the entry: starts with what kind of wrong it is (`Invalid value: "x": ...`). */
  readonly message: string;
}

export type CauseReason =
  | "FieldManagerConflict"
  | "FieldValueDuplicate"
  | "FieldValueForbidden"
  | "FieldValueInvalid"
  | "FieldValueNotSupported"
  | "FieldValueRequired"
  | "FieldValueTooLong"
  | "FieldValueTooMany"
  | "FieldValueTypeInvalid"
  | "NamespaceTerminating"
  | "ResourceVersionTooLarge";

/** What an error names: a resource (`secrets`) or, for an invalid object, its kind (`Secret`). */
export interface Subject {
  readonly group: string;
  /** Plural name or kind. */
  readonly kind: string;
  readonly name?: string | undefined;
}

/** An answer that is a `Status` of failure. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;
  readonly #metadata: JsonObject;

  constructor(code: number, reason: string, message: string, details?: JsonObject, metadata: JsonObject = {}) {
    super(message);
    this.#metadata = metadata;
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: this.#metadata,
      status: "Failure",
      message: this.message,
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

export function unauthorized(): ApiError {
  return new ApiError(401, "Unauthorized", "Unauthorized");
}

export function forbidden(subject: Subject, why: string, causes: readonly Cause[] = []): ApiError {
  return new ApiError(403, "Forbidden", `${quoted(subject)} is forbidden: ${why}`, detailsOf(subject, causes));
}

export function notFound(subject: Subject): ApiError {
  return new ApiError(404, "NotFound", `${quoted(subject)} not found`, detailsOf(subject));
}

/** For a path that names no resource of a group that exists. */
export function noSuchResource(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

export function methodNotAllowed(): ApiError {
  const message = "the server does not allow this method on the requested resource";
  return new ApiError(405, "MethodNotAllowed", message, {});
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  const message = `only the following media types are accepted: ${accepted.join(", ")}`;
  return new ApiError(406, "NotAcceptable", message);
}

export function alreadyExists(subject: Subject): ApiError {
  return new ApiError(409, "AlreadyExists", `${quoted(subject)} already exists`, detailsOf(subject));
}

export function conflict(subject: Subject, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${quoted(subject)}: ${why}`;
  return new ApiError(409, "Conflict", message, detailsOf(subject));
}

/** A server-side apply that would take fields from other managers. */
export function applyConflict(causes: readonly Cause[]): ApiError {
  const byManager = Map.groupBy(causes, (cause) => cause.message);
  const conflicts = [...byManager].map(([message, same]) =>
    same.length === 1
      ? `${message}: ${same[0]?.field}`
      : `${message}:\n${same.map(({ field }) => `- ${field}`).join("\n")}`,
  );
  const count = `${causes.length} conflict${causes.length === 1 ? "" : "s"}`;
  return new ApiError(409, "Conflict", `Apply failed with ${count}: ${conflicts.join("\n")}`, {
    causes: causes.map(causeToJson),
  });
}

/** A resourceVersion, or a page, that is older than what is remembered. */
export function expired(message: string, metadata: JsonObject = {}): ApiError {
  return new ApiError(410, "Expired", message, undefined, metadata);
}

export function tooLarge(message: string): ApiError {
  return new ApiError(413, "RequestEntityTooLarge", message);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const types = accepted.join(", ");
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

export function invalid(subject: Subject, causes: readonly Cause[]): ApiError {
  const lines = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const all = lines.length === 1 ? lines[0] : `[${lines.join(", ")}]`;
  const message = `${qualified(subject)} "${subject.name ?? ""}" is invalid: ${all}`;
  return new ApiError(422, "Invalid", message, detailsOf(subject, causes));
}

/** A JSON patch that cannot be carried out. */
export function unprocessable(): ApiError {
  return new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
}

export function internalError(message: string): ApiError {
  return new ApiError(500, "", message);
}

export function serviceUnavailable(message: string): ApiError {
  return new ApiError(503, "ServiceUnavailable", message);
}

/** A resourceVersion that this server has not reached yet. */
export function tooLargeResourceVersion(asked: number, current: number): ApiError {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  return new ApiError(504, "Timeout", message, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

function qualified({ group, kind }: Subject): string {
  return group === "" ? kind : `${kind}.${group}`;
}

function quoted(subject: Subject): string {
  return `${qualified(subject)} "${subject.name ?? ""}"`;
}

function detailsOf({ group, kind, name }: Subject, causes: readonly Cause[] = []): JsonObject {
  return {
    ...(name ? { name } : {}),
    ...(group === "" ? {} : { group }),
    ...(kind === "" ? {} : { kind }),
    ...(causes.length === 0 ? {} : { causes: causes.map(causeToJson) }),
  };
}

function causeToJson({ reason, message, field }: Cause): JsonObject {
  return { reason, message, field };
}
