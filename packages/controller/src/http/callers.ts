import type { IncomingMessage } from "node:http";
import { RateLimit } from "./rate-limit.ts";

export interface CallersOptions {
  readonly perSecond: number;
  readonly burst: number;
}

/** Through the API server's service proxy every user has the one address: so many of them may call at their full rate. */
const USERS_BEHIND_ONE_ADDRESS = 10;
const LONGEST_FORWARDED_FOR = 64;

/** Who calls how often. Anybody can write headers, so what they say of the caller counts within a limit on his address alone. */
export class Callers {
  readonly #each: RateLimit;
  readonly #all: RateLimit;

  constructor({ perSecond, burst }: CallersOptions) {
    this.#each = new RateLimit({ perSecond, burst });
    const factor = USERS_BEHIND_ONE_ADDRESS;
    this.#all = new RateLimit({ perSecond: perSecond * factor, burst: burst * factor });
  }

  /** Counts a call of that path; returns 0, or the seconds after which it may be repeated. */
  call(request: IncomingMessage, path: string, now: number): number {
    const address = request.socket.remoteAddress ?? "";
    const pause =
      this.#all.call(address, now) || this.#each.call(JSON.stringify([path, address, forwardedFor(request)]), now);
    return Math.ceil(pause / 1_000);
  }
}

/** The rightmost address: the API server appends the user's to whatever the user sent. */
export function forwardedFor({ headers }: IncomingMessage): string {
  const addresses = String(headers["x-forwarded-for"] ?? "").split(",");
  return (addresses.at(-1) ?? "").trim().slice(0, LONGEST_FORWARDED_FOR);
}
