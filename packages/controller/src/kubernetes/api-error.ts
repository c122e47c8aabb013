import { printable } from "@sealwright/core";

/** What the API server answered instead of what was asked, without its message: a `Status` can quote a value. */
export class ApiError extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The `Status` object's reason: `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, ... */
  readonly reason: string;
  /** The fields that the API server found fault with, for `Invalid`: the first few of them. */
  readonly fields: readonly string[];
  /** Seconds, where the server said when to come back. */
  readonly retryAfter: number | null;

  constructor(
    request: string,
    answer: { status: number; reason: string; fields?: readonly string[]; retryAfter?: number | null; cause?: unknown },
  ) {
    const fields = answer.fields ?? [];
    super(`${request}: ${answer.reason}${fields.length > 0 ? ` (${fields.join(", ")})` : ""}`, { cause: answer.cause });
    this.name = "ApiError";
    this.status = answer.status;
    this.reason = answer.reason;
    this.fields = fields;
    this.retryAfter = answer.retryAfter ?? null;
  }
}

export function isApiError(error: unknown, reason: string): error is ApiError {
  return error instanceof ApiError && error.reason === reason;
}

/** Whether somebody was quicker: what was read has changed or gone since. Nothing is wrong, and the next look sees what he did. */
export function isRace(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 404 || error.status === 409);
}

/** Reads an answer that is no success. Whatever it holds, it becomes an ApiError: a proxy may have written it. */
export function apiErrorOf(request: string, status: number, body: string, retryAfter: string | undefined): ApiError {
  const answer = parseStatus(body);
  const { causes } = (answer["details"] ?? {}) as { causes?: unknown };
  return new ApiError(request, {
    status,
    reason: reasonOf(answer["reason"]) ?? `HTTP ${status}`,
    fields: Array.isArray(causes) ? fieldsOf(causes) : [],
    retryAfter: secondsOf(retryAfter),
  });
}

function parseStatus(body: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(body) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

/** One word, as the API server's own reasons are: an admission webhook can write anything there. */
function reasonOf(reason: unknown): string | null {
  return typeof reason === "string" && /^[A-Za-z]{1,64}$/.test(reason) ? reason : null;
}

const SHOWN_FIELDS = 5;

/** A cause's field is a path of the schema (`data[password]`), with the names that the object has. */
function fieldsOf(causes: readonly unknown[]): string[] {
  const fields = causes.map((cause) => (cause as { field?: unknown } | null)?.field);
  const named = [...new Set(fields.filter((field) => typeof field === "string" && field !== ""))] as string[];
  const shown = named.slice(0, SHOWN_FIELDS).map((field) => printable(field));
  return named.length <= SHOWN_FIELDS ? shown : [...shown, `and ${named.length - SHOWN_FIELDS} more`];
}

/** The header's other form, a date, is one that the API server never sends. */
function secondsOf(retryAfter: string | undefined): number | null {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
}
