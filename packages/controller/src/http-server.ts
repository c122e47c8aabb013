import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KeySource } from "./ports.ts";

export interface HttpServerOptions {
  readonly keys: Pick<KeySource, "ring">;
  /** Whether the watches are synced. */
  readonly ready: () => boolean;
}

export interface ListenAddress {
  /** Every address where absent. */
  readonly host: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
}

type Answer = { readonly status: number; readonly type: string; readonly body: string };

/** What anyone in the cluster may ask: whether the controller lives, and its certificate. Nothing here is secret. */
export function createHttpServer(options: HttpServerOptions): Server {
  const server = createServer(
    { requestTimeout: 120_000, headersTimeout: 20_000, maxHeaderSize: 16_384, keepAliveTimeout: 30_000 },
    (request, response) => send(response, answerTo(request, options)),
  );
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

function answerTo(request: IncomingMessage, { keys, ready }: HttpServerOptions): Answer {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "method not allowed\n");
  switch (path) {
    case "/healthz":
      return plain(200, "ok\n");
    case "/readyz":
      return ready() ? plain(200, "ok\n") : plain(503, "not ready\n");
    case "/v1/cert.pem":
      return certificate(keys);
    default:
      return plain(404, "404 page not found\n");
  }
}

function certificate({ ring }: HttpServerOptions["keys"]): Answer {
  if (ring.newest === null) return plain(503, "no sealing key yet\n");
  return { status: 200, type: "application/x-pem-file", body: ring.newest.certificate.pem };
}

function plain(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

/** Node itself leaves the body out where HEAD was asked. */
function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
