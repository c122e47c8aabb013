import { once } from "node:events";
import { type RequestOptions as HttpOptions, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { agentFor } from "./cluster-agent.ts";
import { authenticate } from "./cluster-credentials.ts";
import { networkFault, readBounded } from "./download.ts";
import { environmentProxy } from "./environment-proxy.ts";
import { CommandError } from "./failure.ts";
import { faultOf } from "./fault.ts";
import type { Io } from "./io.ts";
import { type KubeContext, textOf } from "./kubeconfig.ts";

/** An answer of the API server, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** An answer that lasts: its lines come as they are written, until either side ends it. */
export interface LastingAnswer {
  readonly status: number;
  /** Throws CommandError `cluster_unreachable` where the connection breaks. */
  readonly lines: AsyncIterable<string>;
}

/** Requests to one API server. */
export interface ApiServer {
  /** Its scheme, host and port. */
  readonly origin: string;
  /** @param largest bytes of the answer; 1 MiB unless told. @throws CommandError `cluster_unreachable` */
  get(path: string, largest?: number): Promise<Answer>;
  /** Posts JSON. @throws CommandError `cluster_unreachable` */
  post(path: string, json: string): Promise<Answer>;
  /** Sends a merge patch. @throws CommandError `cluster_unreachable` */
  patch(path: string, json: string): Promise<Answer>;
  /** GETs what lasts, as a watch does. @throws CommandError `cluster_unreachable` */
  follow(path: string): Promise<LastingAnswer>;
  close(): Promise<void>;
}

/** Milliseconds for one answer. */
const ANSWER_TIMEOUT = 30_000;

/** Bytes of the answer to a SealedSecret, which is one, too: no object in a cluster is larger than a tenth of it. */
const LARGEST_OBJECT = 16 * 1024 * 1024;

/** Milliseconds without a byte, after which what lasts is given up. A watch is ended by the server well before. */
const LONGEST_SILENCE = 600_000;

/** How often a server that says when to come back is asked again, and the seconds that are waited at most, as by client-go. */
const ATTEMPTS = 11;
const LONGEST_PAUSE = 60;

/**
 * Prepares requests to a context's API server; none is made yet.
 *
 * @param timeout milliseconds that one answer may take; `Infinity` is for ever
 * @throws CommandError `context_incomplete`, `credentials_failed`, `auth_provider_removed`, `proxy_invalid`, `file_unreadable`
 */
export async function connect(context: KubeContext, io: Io, timeout = ANSWER_TIMEOUT): Promise<ApiServer> {
  const server = serverOf(context);
  const { headers, tls } = await authenticate(context, io);
  const proxy = textOf(context.cluster["proxy-url"]) ?? environmentProxy(server, io.env);
  const agent = agentFor({ server, proxy, tls });
  const base = server.href.replace(/\/+$/, "");
  const common = { accept: "*/*", "user-agent": "sealwright", ...headers };

  const unreachable = (cause: unknown) => {
    const fault = networkFault(cause);
    return new CommandError({ code: "cluster_unreachable", server: server.origin, fault }, { cause });
  };
  const ask = async (
    path: string,
    { largest, type, ...options }: Asked,
  ): Promise<Answer & { readonly pause: number | null }> => {
    const signal = timeout === Infinity ? undefined : io.clock.timeout(timeout);
    const headers = type === undefined ? common : { ...common, "content-type": type };
    try {
      const response = await exchange(`${base}${path}`, { ...options, agent, headers, signal });
      const body = await readBounded(response, largest);
      return { status: response.statusCode ?? 0, body, pause: pauseOf(response) };
    } catch (cause) {
      // What is cut off by the signal says only that it was cut off.
      throw unreachable(signal?.aborted === true ? signal.reason : cause);
    }
  };
  const send = async (path: string, options: Asked): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask(path, options);
      if (answer.pause === null || attempt === ATTEMPTS) return answer;
      await io.clock.sleep(answer.pause * 1_000);
    }
  };
  const write = (method: "POST" | "PATCH", path: string, body: string, type: string) =>
    send(path, { method, body, type, largest: LARGEST_OBJECT });
  return {
    origin: server.origin,
    get: (path, largest) => send(path, { method: "GET", largest }),
    post: (path, body) => write("POST", path, body, "application/json"),
    patch: (path, body) => write("PATCH", path, body, "application/merge-patch+json"),
    async follow(path) {
      const options = { method: "GET", agent, headers: common, timeout: LONGEST_SILENCE } as const;
      const response = await exchange(`${base}${path}`, options).catch((cause: unknown) => {
        throw unreachable(cause);
      });
      return { status: response.statusCode ?? 0, lines: linesOf(response, unreachable) };
    },
    close: async () => agent.destroy(),
  };
}

interface Asked {
  readonly method: "GET" | "POST" | "PATCH";
  readonly largest?: number | undefined;
  readonly body?: string;
  /** Of the body. */
  readonly type?: string;
}

interface Exchange extends HttpOptions {
  readonly method: Asked["method"];
  readonly body?: string | undefined;
}

/** Sends a request; resolves as soon as an answer begins, and gives up when nothing comes for as long as `timeout` says. */
async function exchange(url: string, options: Exchange): Promise<IncomingMessage> {
  const { body, signal, ...others } = options;
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  const asked = request(url, signal === undefined ? others : { ...others, signal });
  asked.once("timeout", () => asked.destroy(Object.assign(new Error("silence"), { code: "ETIMEDOUT" })));
  // Whoever reads the answer is told of what breaks after it began.
  asked.on("error", () => undefined).end(body);
  try {
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    return response;
  } catch (error) {
    // A server may end a connection that was kept in the very moment in which it is used again.
    const isStale = asked.reusedSocket && faultOf(error) === "ECONNRESET";
    if (isStale && options.method === "GET") return exchange(url, options);
    throw error;
  }
}

/** The lines of a stream, without those that are empty. */
async function* linesOf(body: AsyncIterable<Uint8Array>, failure: (cause: unknown) => Error): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LARGEST_OBJECT) throw Object.assign(new Error("the line is too long"), { code: "TOO_LARGE" });
      yield* lines.filter((line) => line !== "");
    }
  } catch (cause) {
    throw failure(cause);
  }
}

/** Seconds until it may be asked again; null where the answer stands. */
function pauseOf({ statusCode = 0, headers }: IncomingMessage): number | null {
  const { "retry-after": header } = headers;
  if ((statusCode !== 429 && statusCode < 500) || typeof header !== "string" || !/^\d+$/.test(header)) return null;
  return Math.min(Number(header), LONGEST_PAUSE);
}

function serverOf({ name, cluster }: KubeContext): URL {
  const { server } = cluster;
  const url = typeof server === "string" ? URL.parse(withScheme(server)) : null;
  if (url === null) throw new CommandError({ code: "context_incomplete", context: name });
  return url;
}

/** `HOST:PORT` is taken, too: without TLS, as by kubectl. */
function withScheme(server: string): string {
  return /^[^/]+:\d+(\/|$)/.test(server) ? `http://${server}` : server;
}
