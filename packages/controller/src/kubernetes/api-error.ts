/** What the API server answered instead of what was asked, without its message: a `Status` can quote a value. */
export class ApiError extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The `Status` object's reason: `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`, `Forbidden`, ... */
  readonly reason: string;
  /** The fields that the API server found fault with, for `Invalid`. */
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

/** Reads an answer of 400 or more. */
export function apiErrorOf(request: string, status: number, body: string, retryAfter: string | undefined): ApiError {
  const answer = parseStatus(body);
  const causes = answer.details?.causes ?? [];
  return new ApiError(request, {
    status,
    reason: answer.reason ?? `HTTP ${status}`,
    fields: causes.flatMap(({ field }) => (field === undefined ? [] : [withoutIndexText(field)])),
    retryAfter: retryAfter === undefined ? null : Number(retryAfter) || null,
  });
}

interface StatusBody {
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string }[] };
}

function parseStatus(body: string): StatusBody {
  try {
    return (JSON.parse(body) as StatusBody | null) ?? {};
  } catch {
    return {};
  }
}

/** A cause's field is a path of the schema (`data[password]`); anything longer is not a path that we would show. */
function withoutIndexText(field: string): string {
  return field.length <= 120 ? field : `${field.slice(0, 120)}...`;
}
