import { setTimeout as delay } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { HttpMethod, RequestContext } from "@kubernetes/client-node/dist/gen/http/http.js";
import { Agent, type Dispatcher, request } from "undici";
import { ApiError, apiErrorOf } from "./api-error.ts";
import { splitLines } from "./lines.ts";
import { RequestRate, type RequestRateOptions } from "./request-rate.ts";

/** The client's own token lasts a minute there too; a projected token is renewed long before it ends. */
const CREDENTIALS_LAST = 30_000;
const REQUEST_TIMEOUT = 30_000;
/** A server that is asked too much says when to come back (429); so often is done what it says, if it is no longer than this. */
const MOST_TRIES = 4;
const LONGEST_RETRY_AFTER = 30_000;

interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
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

export interface TransportOptions {
  /** Null, or absent, for as many as the API server takes. */
  readonly rate?: RequestRateOptions | null;
  /** Told of each answer, or of none (status 0), and the seconds that it took. */
  readonly onAnswer?: (answer: { readonly method: string; readonly status: number; readonly seconds: number }) => void;
}

/**
 * Requests to one API server over one shared connection pool. `@kubernetes/client-node` reads the kubeconfig and authenticates;
 * it would open a new TLS connection for each request, so the requests themselves go out here.
 */
export class Transport {
  #config: KubeConfig;
  readonly #server: string;
  #credentials: Credentials | null = null;
  #refresh: Promise<Credentials> | null = null;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #rate: RequestRate | null;
  readonly #onAnswer: NonNullable<TransportOptions["onAnswer"]>;

  constructor(config: KubeConfig, { rate = null, onAnswer = () => {} }: TransportOptions = {}) {
    this.#config = config;
    this.#rate = rate === null ? null : new RequestRate(rate);
    this.#onAnswer = onAnswer;
    this.#server = (config.getCurrentCluster()?.server ?? "").replace(/\/+$/, "");
  }

  /**
   * One request and its JSON answer, null where the answer is empty. Comes back when the server says so where it refused to look at the
   * request for now, and repeats no other. Throws ApiError.
   */
  request(method: Dispatcher.HttpMethod, path: string, options: TransportRequest = {}): Promise<unknown> {
    const answer = this.#patiently(method, path, options);
    this.#underWay.add(answer);
    return answer.finally(() => this.#underWay.delete(answer));
  }

  async #patiently(method: Dispatcher.HttpMethod, path: string, options: TransportRequest): Promise<unknown> {
    const signal = AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]);
    for (let left = MOST_TRIES; ; ) {
      try {
        return await this.#request(method, path, options);
      } catch (error) {
        left -= 1;
        const pause = pauseAskedFor(error);
        if (pause === null || left === 0) throw error;
        await delay(pause, undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  async #request(method: Dispatcher.HttpMethod, path: string, options: TransportRequest): Promise<unknown> {
    const what = `${method} ${path}`;
    await this.#rate?.turn(options.signal).catch((cause: unknown) => {
      throw noAnswer(what, cause);
    });
    const begin = performance.now();
    let status = 0;
    try {
      const signal = AbortSignal.any([
        AbortSignal.timeout(REQUEST_TIMEOUT),
        ...(options.signal ? [options.signal] : []),
      ]);
      const response = await this.#send(method, path, { ...options, signal });
      status = response.statusCode;
      const text = await response.body.text();
      if (!isSuccess(response)) throw this.#refused(what, response, text);
      return text === "" ? null : (JSON.parse(text) as unknown);
    } catch (cause) {
      throw noAnswer(what, cause);
    } finally {
      this.#onAnswer({ method, status, seconds: (performance.now() - begin) / 1_000 });
    }
  }

  /** The JSON objects of a watch, one for each line, until the server ends it or `signal` does. Throws ApiError. */
  async *stream(path: string, options: TransportRequest): AsyncGenerator<unknown> {
    const what = `WATCH ${path}`;
    const response = await this.#send("GET", path, options);
    try {
      if (!isSuccess(response)) throw this.#refused(what, response, await response.body.text());
      for await (const line of splitLines(response.body as AsyncIterable<Buffer>)) yield JSON.parse(line) as unknown;
    } catch (cause) {
      if (!options.signal?.aborted) throw noAnswer(what, cause);
    }
  }

  /** Lets go of every connection, when the requests under way have ended or `grace` milliseconds have passed. */
  async close(grace = 1_000): Promise<void> {
    this.#closing.abort();
    const ended = new AbortController();
    const patience = delay(grace, undefined, { signal: ended.signal }).catch(() => {});
    await Promise.race([Promise.allSettled(this.#underWay), patience]);
    ended.abort();
    await this.#credentials?.dispatcher.destroy();
  }

  async #send(method: Dispatcher.HttpMethod, path: string, options: TransportRequest) {
    const what = `${method} ${path}`;
    const { headers, dispatcher } = await this.#authenticated().catch((cause: unknown) => {
      throw new ApiError(what, { status: 0, reason: "NoCredentials", cause });
    });
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
      dispatcher,
    }).catch((cause: unknown) => {
      throw noAnswer(what, cause);
    });
  }

  #refused(what: string, response: Dispatcher.ResponseData, text: string): ApiError {
    if (response.statusCode === 401) this.#distrustCredentials();
    const retryAfter = response.headers["retry-after"];
    return apiErrorOf(what, response.statusCode, text, typeof retryAfter === "string" ? retryAfter : undefined);
  }

  /** A token that was revoked or renewed early: the next request reads it again. */
  #distrustCredentials(): void {
    this.#config = withoutMemory(this.#config);
    if (this.#credentials !== null) this.#credentials = { ...this.#credentials, readAt: 0 };
  }

  async #authenticated(): Promise<Credentials> {
    const credentials = this.#credentials;
    if (credentials !== null && Date.now() - credentials.readAt < CREDENTIALS_LAST) return credentials;
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
    const dispatcher = this.#credentials?.dispatcher ?? context.getDispatcher() ?? new Agent();
    this.#credentials = { headers: Object.fromEntries(headers), dispatcher, readAt: Date.now() };
    return this.#credentials;
  }
}

/** The client's authenticators remember tokens, a refused one too, some of them for ever; those of a copy have none yet. */
function withoutMemory({ clusters, contexts, users, currentContext }: KubeConfig): KubeConfig {
  const copy = new KubeConfig();
  copy.loadFromOptions({ clusters, contexts, users, currentContext });
  return copy;
}

/** Milliseconds, with jitter so that not all come back at once; null where nobody asked for a pause that is worth it. */
function pauseAskedFor(error: unknown): number | null {
  if (!(error instanceof ApiError) || error.status !== 429 || error.retryAfter === null) return null;
  const pause = error.retryAfter * 1_000;
  return pause > LONGEST_RETRY_AFTER ? null : pause * (1 + Math.random() / 2);
}

/** Nothing but the API server's own answers counts: a redirect is a proxy's. */
function isSuccess({ statusCode }: Dispatcher.ResponseData): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function queryString(query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  return parameters.size === 0 ? "" : `?${parameters}`;
}

/** No answer, or none that can be read; its own words could quote the body. */
function noAnswer(what: string, cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError(what, { status: 0, reason: reasonOf(cause), cause });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof SyntaxError) return "NotJson";
  if (cause instanceof RangeError) return "TooLong";
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "NoAnswer";
}
