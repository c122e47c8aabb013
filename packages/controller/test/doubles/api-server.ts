import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { type Identity, newIdentity } from "./identity.ts";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What is answered: a status and a body, written as JSON unless it is a text. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `open` holds a watch open: see `nextWatch`. `drop` closes the connection without an answer. */
type Script = Answer | ((request: ReceivedRequest) => Answer) | "open" | "drop";

const TOO_OLD: Answer = { status: 422, body: { kind: "Status", reason: "Invalid" } };
const UNSCRIPTED: Answer = { status: 500, body: { kind: "Status", reason: "Unscripted" } };

/** A scripted API server on a loopback port: it keeps no objects, and answers what the test tells it to. */
export class ApiServerDouble {
  readonly requests: ReceivedRequest[] = [];
  readonly url: string;
  readonly #server: Server;
  readonly #identity: Identity | null;
  readonly #sockets = new Set<Socket>();
  readonly #scripts = new Map<string, Script[]>();
  readonly #watches: OpenWatch[] = [];
  readonly #waitingForWatch: ((watch: OpenWatch) => void)[] = [];
  #connections = 0;

  private constructor(server: Server, identity: Identity | null) {
    this.#server = server;
    this.#identity = identity;
    const scheme = identity === null ? "http" : "https";
    this.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on(identity === null ? "connection" : "secureConnection", (socket: Socket) => {
      this.#connections += 1;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    // Longer than any test: a connection that closes was closed by the client.
    server.keepAliveTimeout = 600_000;
    server.on("request", async (request, response) => {
      const url = new URL(request.url ?? "/", this.url);
      const chunks: Buffer[] = await request.toArray();
      const text = Buffer.concat(chunks).toString("utf8");
      this.#receive(
        {
          method: request.method ?? "",
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: request.headers,
          body: text === "" ? null : JSON.parse(text),
        },
        response,
      );
    });
  }

  /** Over HTTPS it has a certificate of its own, which its kubeconfig names as the authority. */
  static async start({ https = false } = {}): Promise<ApiServerDouble> {
    const identity = https ? await newIdentity("api.test") : null;
    const server = identity === null ? createHttpServer() : createHttpsServer(identity);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new ApiServerDouble(server, identity);
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** TCP connections so far. */
  get connections(): number {
    return this.#connections;
  }

  kubeConfig(user: Readonly<Record<string, unknown>> = {}): KubeConfig {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: "double", server: this.url, ...this.#trust() }],
      users: [{ name: "double", ...user }],
      contexts: [{ name: "double", cluster: "double", user: "double", namespace: "sealing" }],
      currentContext: "double",
    });
    return config;
  }

  /**
   * Answers requests of that method and path with these, one after another; the last one stays. The method of a watch is `WATCH`, and
   * it is held open unless told. That of a list that is to be streamed is `STREAM`; unless told, this server is too old to know those,
   * and keeps no note of the request.
   */
  answer(method: string, path: string, ...scripts: readonly Script[]): void {
    this.#scripts.set(`${method} ${path}`, [...scripts]);
  }

  /** The next watch that is opened, or was and is not taken yet. */
  nextWatch(): Promise<OpenWatch> {
    const opened = this.#watches.shift();
    if (opened !== undefined) return Promise.resolve(opened);
    return new Promise((resolve) => this.#waitingForWatch.push(resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #trust(): { skipTLSVerify: boolean; caData?: string; tlsServerName?: string } {
    if (this.#identity === null) return { skipTLSVerify: true };
    const caData = Buffer.from(this.#identity.cert).toString("base64");
    return { skipTLSVerify: false, caData, tlsServerName: "api.test" };
  }

  #receive(request: ReceivedRequest, response: ServerResponse): void {
    const method = verbOf(request);
    if (method === "STREAM" && !this.#scripts.has(`STREAM ${request.path}`)) {
      send(response, TOO_OLD);
      return;
    }
    this.requests.push(request);
    const scripts = this.#scripts.get(`${method} ${request.path}`) ?? [];
    const script = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? (method === "WATCH" ? "open" : UNSCRIPTED);
    if (script === "open") this.#open(new OpenWatch(request, response));
    else if (script === "drop") response.destroy();
    else send(response, typeof script === "function" ? script(request) : script);
  }

  #open(watch: OpenWatch): void {
    const waiting = this.#waitingForWatch.shift();
    if (waiting === undefined) this.#watches.push(watch);
    else waiting(watch);
  }
}

function verbOf({ method, query }: ReceivedRequest): string {
  if (query["sendInitialEvents"] === "true") return "STREAM";
  return query["watch"] === "true" ? "WATCH" : method;
}

/** A watch that a client holds open. */
export class OpenWatch {
  readonly request: ReceivedRequest;
  readonly #response: ServerResponse;

  constructor(request: ReceivedRequest, response: ServerResponse) {
    this.request = request;
    this.#response = response;
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
  }

  send(type: string, object: unknown): void {
    this.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Writes bytes as they are, as one chunk of the answer. */
  write(bytes: string | Uint8Array): void {
    this.#response.write(bytes);
  }

  /** Ends it as a server does whose time is up. */
  end(): void {
    this.#response.end();
  }

  /** Cuts the connection. */
  cut(): void {
    this.#response.destroy();
  }

  /** Resolves when the client has gone. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#response.closed) resolve();
      else this.#response.once("close", resolve);
    });
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
