import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { DecryptionThreads } from "@sealwright/core";
import { type Audit, NO_AUDIT } from "../audit/audit.ts";
import type { KeySource } from "../ports.ts";
import { type Answer, plain } from "./answer.ts";
import { Callers, type CallersOptions, forwardedFor } from "./callers.ts";
import { drain, readBody } from "./request-body.ts";
import { type Called, rotate, verify } from "./sealed-secret-calls.ts";
import { secureContext, type TlsPair } from "./tls.ts";
import { WorkSlots } from "./work-slots.ts";

export interface HttpServerOptions extends Timeouts {
  /** Serves HTTPS with it; HTTP without. */
  readonly tls?: TlsPair | undefined;
  readonly keys: Pick<KeySource, "ring">;
  /** Whether the watches are synced. */
  readonly ready: () => boolean;
  readonly acceptDeprecatedData: boolean;
  /** Decrypt for verify and rotate; without them, this thread does. */
  readonly threads?: DecryptionThreads;
  /** Of verify and rotate. */
  readonly rateLimit: CallersOptions;
  /** Notes each verify and rotate that was not turned away. */
  readonly audit?: Audit;
  /** Told of each answer of a path under `/v1`, in the words of Go's metrics. */
  readonly onAnswer: (answer: { path: string; method: string; status: number; seconds: number }) => void;
}

export interface Timeouts {
  /** Milliseconds for a whole request; 0 for none. */
  readonly readTimeout: number;
  /** Milliseconds from its headers to the end of the answer; 0 for none. */
  readonly writeTimeout: number;
}

export interface ListenAddress {
  /** Every address where absent. */
  readonly host: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
}

/** etcd takes no object of half the size. */
const LARGEST_BODY = 4 * 1024 * 1024;
const LONGEST_HEADERS = 20_000;
const CALLS = new Map([
  ["/v1/verify", verify],
  ["/v1/rotate", rotate],
]);
const COUNTED = new Set([...CALLS.keys(), "/v1/cert.pem"]);

/** What anyone in the cluster may ask: whether the controller lives, its certificate, and two things of SealedSecrets that he has already. */
export function createHttpServer(options: HttpServerOptions): Server {
  const callers = new Callers(options.rateLimit);
  // Bodies are held in memory, and unsealing takes time from the work that is nobody's question.
  const slots = new WorkSlots({ working: 2, waiting: 14 });
  const listener: RequestListener = async (request, response) => {
    const begin = performance.now();
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    response.once("close", () => {
      if (!COUNTED.has(path)) return;
      const seconds = (performance.now() - begin) / 1_000;
      options.onAnswer({ path, method: methodOf(request), status: response.statusCode, seconds });
    });
    const answer = await answerTo(request, path, { ...options, callers, slots }).catch(() => FAULT);
    await drain(request);
    send(request, response, answer);
  };
  return createBoundedServer(options, listener, options.tls);
}

/** A server whose clients can neither dawdle nor come in crowds. */
export function createBoundedServer(
  { readTimeout, writeTimeout }: Timeouts,
  listener: RequestListener,
  tls?: TlsPair,
): Server {
  const headersTimeout = readTimeout === 0 ? LONGEST_HEADERS : Math.min(LONGEST_HEADERS, readTimeout);
  const bounds = {
    requestTimeout: readTimeout,
    headersTimeout,
    connectionsCheckingInterval: Math.min(10_000, Math.max(50, headersTimeout / 4)),
    maxHeaderSize: 16_384,
    keepAliveTimeout: 30_000,
  };
  const bounded: RequestListener = (request, response) => {
    if (writeTimeout > 0) {
      const cut = setTimeout(() => response.destroy(), writeTimeout);
      response.once("close", () => clearTimeout(cut));
    }
    return listener(request, response);
  };
  const server =
    tls === undefined
      ? createServer(bounds, bounded)
      : createHttpsServer({ ...bounds, ...secureContext(tls), handshakeTimeout: headersTimeout }, bounded);
  server.maxConnections = 1_000;
  return server;
}

/** Starts to listen; resolves to the address in use. */
export function listen(server: Server, { host, port }: ListenAddress): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Stops listening; resolves when the last answer is out, or when whoever dawdles is cut off after `grace` milliseconds. */
export function close(server: Server, grace = 1_000): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}

/** Node itself leaves the body out where HEAD was asked. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, type, body, headers }: Answer,
): void {
  // Of a request that is not read to its end, the rest would be taken for the next one.
  const rest = request.complete ? {} : { connection: "close" };
  response.writeHead(status, { ...headers, ...rest, "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

const FAULT = plain(500, "internal error\n");
const BUSY = plain(503, "too many calls are waiting\n", { "retry-after": "1" });

interface Desk extends HttpServerOptions {
  readonly callers: Callers;
  readonly slots: WorkSlots;
}

async function answerTo(request: IncomingMessage, path: string, desk: Desk): Promise<Answer> {
  const call = CALLS.get(path);
  if (call !== undefined) return answerToCall(request, path, desk, call);
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET, HEAD");
  switch (path) {
    case "/healthz":
      return plain(200, "ok\n");
    case "/readyz":
      return desk.ready() ? plain(200, "ok\n") : plain(503, "not ready\n");
    case "/v1/cert.pem":
      return certificate(desk.keys);
    default:
      return plain(404, "404 page not found\n");
  }
}

async function answerToCall(request: IncomingMessage, path: string, desk: Desk, call: typeof verify): Promise<Answer> {
  if (request.method !== "POST") return notAllowed("POST");
  const pause = desk.callers.call(request, path, performance.now());
  if (pause > 0) return plain(429, "limit exceeded\n", { "retry-after": String(pause) });
  const { acceptDeprecatedData, keys, threads, audit = NO_AUDIT } = desk;
  const answered = desk.slots.run(async () => {
    const body = await readBody(request, LARGEST_BODY);
    const called =
      "text" in body
        ? await call(body.text, { ring: keys.ring, acceptDeprecatedData, threads })
        : { answer: refusal(body) };
    note(request, call, called, audit);
    return called.answer;
  });
  return answered ?? BUSY;
}

function refusal({ refused }: { readonly refused: string }): Answer {
  return refused === "too_large" ? plain(413, "the body is larger than 4 MiB\n") : plain(400, "no text in UTF-8\n");
}

function note(request: IncomingMessage, call: typeof verify, { answer, ...about }: Called, audit: Audit): void {
  const result = answer.status === 200 ? "ok" : String(answer.status);
  const client = request.socket.remoteAddress;
  const forwarded = forwardedFor(request);
  const who = { client, forwardedFor: forwarded === "" ? undefined : forwarded };
  audit.record({ audit: call === verify ? "verify" : "rotate", result, ...about, ...who });
}

function certificate({ ring }: HttpServerOptions["keys"]): Answer {
  if (ring.newest === null) return plain(503, "no sealing key yet\n");
  return { status: 200, type: "application/x-pem-file", body: ring.newest.certificate.pem };
}

function notAllowed(allow: string): Answer {
  return plain(405, "method not allowed\n", { allow });
}

const METHODS = new Set(["get", "put", "head", "post", "delete", "connect", "options", "notify", "trace", "patch"]);

/** As Go's metrics write it. */
function methodOf({ method = "" }: IncomingMessage): string {
  const lower = method.toLowerCase();
  return METHODS.has(lower) ? lower : "unknown";
}
