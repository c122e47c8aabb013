import { ApiError } from "./api-error.ts";

/** A request is not begun again when so much time has passed since it was begun first. */
const LONGEST = 30_000;
/** Tries, the first one included. */
const MOST_TRIES = 5;
const FIRST_PAUSE = 100;

/** Reasons, where no answer came, that another try would meet again. */
const FINAL = ["NotJson", "TooLong", "NoCredentials"];

/**
 * Milliseconds until a request that failed is to be sent again; null where it is not. The API server's word comes first: a 429 or 5xx with
 * `Retry-After` was not looked at. What may pass by itself (a 5xx, a connection that broke) is tried a few times more. Every write of
 * this program has a name or a resourceVersion, so that doing it twice shows as a 409 and changes nothing twice.
 *
 * @param tries how often it has been sent
 * @param elapsed milliseconds since it was first
 */
export function pauseBeforeNext(error: unknown, tries: number, elapsed: number): number | null {
  if (!(error instanceof ApiError) || tries >= MOST_TRIES || !mayPass(error)) return null;
  const pause = error.retryAfter === null ? FIRST_PAUSE * 2 ** (tries - 1) : error.retryAfter * 1_000;
  if (elapsed + pause > LONGEST) return null;
  // Jitter, so that not all come back at once; never before the time that was asked for.
  return error.retryAfter === null ? pause * (0.5 + Math.random() / 2) : pause * (1 + Math.random() / 2);
}

function mayPass({ status, reason }: ApiError): boolean {
  if (status === 0) return !FINAL.includes(reason);
  return status === 408 || status === 429 || status >= 500;
}
