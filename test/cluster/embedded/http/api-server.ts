import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../../faults.ts";
import type { Identity } from "../../pki.ts";
import { ApiError } from "../api-error.ts";
import { negotiate } from "../output/representation.ts";
import { ApiRequest } from "./api-request.ts";
import type { Authenticator } from "./authentication.ts";
import type { FaultInjector } from "./fault-injector.ts";
import { type Reply, sendReply } from "./reply.ts";
import type { Router } from "./router.ts";

/** Longer than clients keep a connection that they do not use, so that it is never this side that gives one up. */
const KEEP_ALIVE_MS = 120_000;

const REASONS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  409: ["Conflict", "the object has been modified; please apply your changes to the latest version and try again"],
  410: ["Expired", "The resourceVersion for the provided watch is too old."],
  429: ["TooManyRequests", "Too many requests, please try again later."],
  500: ["InternalError", "an error on the server has prevented the request from succeeding"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
};

export interface ApiServerParts {
  readonly certificate: Identity;
  /** PEM of the authority that client certificates come from. */
  readonly clientAuthority: string;
  readonly authenticator: Authenticator;
  readonly faults: FaultInjector;
  readonly router: Router;
}

/** The HTTPS side: from a connection to a request that is authenticated and routed, and back. */
export class ApiServer {
  readonly #server: Server;
  readonly #parts: ApiServerParts;

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
    const { certificate, clientAuthority: ca } = parts;
    const tls = {
      cert: certificate.certificate,
      key: certificate.key,
      ca,
      requestCert: true,
      rejectUnauthorized: false,
    };
    this.#server = createServer({ ...tls, keepAliveTimeout: KEEP_ALIVE_MS }, (message, response) => {
      void this.#handle(message, response);
    });
  }

  /** Listens on a free port of 127.0.0.1 and gives it back. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes every connection, whatever is going on there. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = message;
    const fault = this.#parts.faults.take(method, url, headers["user-agent"]);
    if (fault?.kind === "drop") return void message.socket.destroy();
    if (fault?.kind === "delay") await pause(fault.milliseconds, undefined, { ref: false });
    const reply = await this.#answer(message, response, fault).catch(replyToError);
    if (reply !== null) sendReply(response, reply, mediaTypeOf(message));
    // A body that nobody read would stand in the way of the next request.
    message.resume();
  }

  async #answer(message: IncomingMessage, response: ServerResponse, fault: Fault | null): Promise<Reply | null> {
    if (fault?.kind === "answer") return faultReply(fault);
    const { authenticator, router } = this.#parts;
    const request = new ApiRequest(message, authenticator.authenticate(message));
    return router.handle({ request, response, cutAfter: fault?.kind === "cutWatch" ? fault.afterEvents : null });
  }
}

function replyToError(error: unknown): Reply {
  if (!(error instanceof ApiError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, body: new ApiError(500, "InternalError", `Internal error occurred: ${text}`).toStatus() };
  }
  const retryAfter = error.details?.["retryAfterSeconds"];
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  return { status: error.code, body: error.toStatus(), headers };
}

function faultReply({ code, retryAfter }: Extract<Fault, { kind: "answer" }>): Reply {
  const [reason = "", message = ""] = REASONS[code] ?? [];
  const details = retryAfter === undefined ? undefined : { retryAfterSeconds: retryAfter };
  return replyToError(new ApiError(code, reason, message, details));
}

/** Errors of negotiation are said in JSON, which every client understands. */
function mediaTypeOf(message: IncomingMessage): "application/json" | "application/yaml" {
  try {
    return negotiate(message.headers.accept).mediaType;
  } catch {
    return "application/json";
  }
}
