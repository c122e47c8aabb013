import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { type Dispatcher, request } from "undici";
import { ApiError, apiErrorOf } from "./api-error.ts";
import { splitLines } from "./lines.ts";

/** The client's own token lasts a minute there too; a projected token is renewed long before it ends. */
const CREDENTIALS_LAST = 30_000;
const REQUEST_TIMEOUT = 30_000;

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher | undefined;
  readonly readAt: number;
}

export interface TransportRequest {
  readonly body?: unknown;
  /** Of the body; JSON unless told. */
  readonly contentType?: string;
  readonly accept?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/**
 * Requests to one API server over one shared connection pool. `@kubernetes/client-node` reads the kubeconfig and authenticates;
 * it would open a new TLS connection for each request, so the requests themselves go out here.
 */
export class Transport {
  readonly #config: KubeConfig;
  readonly #server: string;
  #credentials: Credentials | null = null;
  #refresh: Promise<Credentials> | null = null;

  constructor(config: KubeConfig) {
    this.#config = config;
    this.#server = (config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /** One request and its JSON answer, null where the answer is empty. Throws ApiError. */
  async request(method: Dispatcher.HttpMethod, path: string, options: TransportRequest = {}): Promise<unknown> {
    const what = `${method} ${path}`;
    const signal = AbortSignal.any([AbortSignal.timeout(REQUEST_TIMEOUT), ...(options.signal ? [options.signal] : [])]);
    const response = await this.#send(method, path, { ...options, signal });
    const text = await response.body.text().catch((cause: unknown) => {
      throw noAnswer(what, cause);
    });
    if (response.statusCode >= 400) throw this.#refused(what, response, text);
    return text === "" ? null : (JSON.parse(text) as unknown);
  }

  /** The JSON objects of a watch, one for each line, until the server ends it or `signal` does. Throws ApiError. */
  async *stream(path: string, options: TransportRequest): AsyncGenerator<unknown> {
    const what = `WATCH ${path}`;
    const response = await this.#send("GET", path, options);
    if (response.statusCode >= 400) throw this.#refused(what, response, await response.body.text());
    try {
      for await (const line of splitLines(response.body as AsyncIterable<Buffer>)) yield JSON.parse(line) as unknown;
    } catch (cause) {
      if (!options.signal?.aborted) throw noAnswer(what, cause);
    }
  }

  async close(): Promise<void> {
    await this.#credentials?.dispatcher?.destroy();
  }

  async #send(method: Dispatcher.HttpMethod, path: string, options: TransportRequest) {
    const { headers, dispatcher } = await this.#authenticated();
    return request(`${this.#server}${path}${queryString(options.query ?? {})}`, {
      method,
      headers: {
        accept: options.accept ?? "application/json",
        "user-agent": "sealwright-controller",
        ...(options.body === undefined ? {} : { "content-type": options.contentType ?? "application/json" }),
        ...headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
      // A quiet watch is a healthy one: its end is the server's to choose (timeoutSeconds), or the reflector's.
      bodyTimeout: 0,
      ...(dispatcher === undefined ? {} : { dispatcher }),
    }).catch((cause: unknown) => {
      throw noAnswer(`${method} ${path}`, cause);
    });
  }

  #refused(what: string, response: Dispatcher.ResponseData, text: string): ApiError {
    // A token that was revoked or renewed early: the next request reads it again.
    if (response.statusCode === 401 && this.#credentials !== null)
      this.#credentials = { ...this.#credentials, readAt: 0 };
    const retryAfter = response.headers["retry-after"];
    return apiErrorOf(what, response.statusCode, text, typeof retryAfter === "string" ? retryAfter : undefined);
  }

  async #authenticated(): Promise<Credentials> {
    if (this.#credentials !== null && Date.now() - this.#credentials.readAt < CREDENTIALS_LAST)
      return this.#credentials;
    this.#refresh ??= this.#authenticate().finally(() => {
      this.#refresh = null;
    });
    return this.#refresh;
  }

  /** Reads the headers anew and keeps the first connection pool. */
  async #authenticate(): Promise<Credentials> {
    const context = new RequestContext(this.#server, HttpMethod.GET);
    await this.#config.applySecurityAuthentication(context);
    const headers = Object.entries(context.getHeaders()).map(([name, value]) => [name.toLowerCase(), value]);
    const dispatcher = this.#credentials?.dispatcher ?? context.getDispatcher();
    this.#credentials = { headers: Object.fromEntries(headers), dispatcher, readAt: Date.now() };
    return this.#credentials;
  }
}

function queryString(query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  return parameters.size === 0 ? "" : `?${parameters}`;
}

function noAnswer(what: string, cause: unknown): ApiError {
  const code = (cause as { code?: unknown } | null)?.code;
  return new ApiError(what, { status: 0, reason: typeof code === "string" ? code : "NoAnswer", cause });
}
