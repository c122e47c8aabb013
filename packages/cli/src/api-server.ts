import type { Dispatcher } from "undici";
import { authenticate } from "./cluster-credentials.ts";
import { networkFault, readBounded } from "./download.ts";
import { CommandError } from "./failure.ts";
import type { Io } from "./io.ts";
import type { KubeContext } from "./kubeconfig.ts";

/** An answer of the API server, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** Requests to one API server. */
export interface ApiServer {
  /** @throws CommandError `cluster_unreachable` */
  get(path: string): Promise<Answer>;
  /** Posts JSON. @throws CommandError `cluster_unreachable` */
  post(path: string, json: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Milliseconds for one answer. */
const ANSWER_TIMEOUT = 30_000;

/** Bytes of the answer to a SealedSecret, which is one, too: no object in a cluster is larger than a tenth of it. */
const LARGEST_OBJECT = 16 * 1024 * 1024;

/** How often a server that says when to come back is asked again, and the seconds that are waited at most, as by client-go. */
const ATTEMPTS = 11;
const LONGEST_PAUSE = 60;

/**
 * Prepares requests to a context's API server; none is made yet.
 *
 * @param timeout milliseconds that one answer may take; `Infinity` is for ever
 * @throws CommandError `context_incomplete`, `credentials_failed`, `file_unreadable`
 */
export async function connect(context: KubeContext, io: Io, timeout = ANSWER_TIMEOUT): Promise<ApiServer> {
  const server = serverOf(context);
  const [{ request }, credentials] = await Promise.all([import("undici"), authenticate(context, server, io)]);
  const { dispatcher } = credentials;
  const base = server.href.replace(/\/+$/, "");

  const ask = async (path: string, options: RequestOptions): Promise<Answer & { readonly pause: number | null }> => {
    try {
      const response = await request(`${base}${path}`, {
        ...options,
        headers: { accept: "*/*", "user-agent": "sealwright", ...options.headers, ...credentials.headers },
        ...(timeout === Infinity ? { headersTimeout: 0, bodyTimeout: 0 } : { signal: io.clock.timeout(timeout) }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      const body = await readBounded(response.body, options.method === "POST" ? LARGEST_OBJECT : undefined);
      return { status: response.statusCode, body, pause: pauseOf(response) };
    } catch (cause) {
      const fault = networkFault(cause);
      throw new CommandError({ code: "cluster_unreachable", server: server.origin, fault }, { cause });
    }
  };
  const send = async (path: string, options: RequestOptions): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await ask(path, options);
      if (answer.pause === null || attempt === ATTEMPTS) return answer;
      await io.clock.sleep(answer.pause * 1_000);
    }
  };
  return {
    get: (path) => send(path, { method: "GET" }),
    post: (path, body) => send(path, { method: "POST", body, headers: { "content-type": "application/json" } }),
    close: async () => dispatcher?.destroy(),
  };
}

interface RequestOptions {
  readonly method: "GET" | "POST";
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds until it may be asked again; null where the answer stands. */
function pauseOf({ statusCode, headers }: Dispatcher.ResponseData): number | null {
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
