import { setTimeout as delay } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { type Dispatcher, request } from "undici";
import { ApiError, apiErrorOf } from "./api-error.ts";
import { type Credential, Credentials } from "./credentials.ts";
import { splitLines } from "./lines.ts";
import { pauseBeforeNext } from "./patience.ts";
import { RequestRate, type RequestRateOptions } from "./request-rate.ts";

const REQUEST_TIMEOUT = 30_000;

export interface TransportRequest {
  readonly body?: unknown;
  /** Of the body; JSON unless told. */
  readonly contentType?: string;
  readonly accept?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface PatientRequest extends TransportRequest {
  /** Sent once, whatever comes of it: for who has a patience of his own. */
  readonly once?: boolean;
}

export interface StreamRequest extends TransportRequest {
  /** Milliseconds of silence after which it is given up; a quiet watch is a healthy one unless told. */
  readonly longestSilence?: number;
}

/** An answer's JSON, null where it is empty, and its length in characters. */
export interface ApiAnswer {
  readonly body: unknown;
  readonly length: number;
}

export interface TransportOptions {
  /** See `followKubeConfig`; the configuration stays what it is unless told. */
  readonly follow?: () => Promise<KubeConfig>;
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
  readonly #credentials: Credentials;
  readonly #server: string;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #rate: RequestRate | null;
  readonly #onAnswer: NonNullable<TransportOptions["onAnswer"]>;

  constructor(config: KubeConfig, { follow, rate = null, onAnswer = () => {} }: TransportOptions = {}) {
    this.#credentials = new Credentials(config, follow);
    this.#server = this.#credentials.server;
    this.#rate = rate === null ? null : new RequestRate(rate);
    this.#onAnswer = onAnswer;
  }

  /**
   * One request and its JSON answer, null where the answer is empty. What may pass is tried again for a while, and a refused token is
   * read again, once. Throws ApiError.
   */
  async request(method: Dispatcher.HttpMethod, path: string, options: PatientRequest = {}): Promise<unknown> {
    return (await this.answer(method, path, options)).body;
  }

  /** The same, with the length of the answer. */
  answer(method: Dispatcher.HttpMethod, path: string, options: PatientRequest = {}): Promise<ApiAnswer> {
    const answer = this.#patiently(method, path, options);
    this.#underWay.add(answer);
    return answer.finally(() => this.#underWay.delete(answer));
  }

  async #patiently(method: Dispatcher.HttpMethod, path: string, options: PatientRequest): Promise<ApiAnswer> {
    const signal = AbortSignal.any([this.#closing.signal, ...(options.signal ? [options.signal] : [])]);
    const begin = performance.now();
    let distrusted = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#request(method, path, options);
      } catch (error) {
        if (options.once === true || signal.aborted) throw error;
        const unauthorized: boolean = error instanceof ApiError && error.status === 401 && !distrusted;
        distrusted ||= unauthorized;
        const pause = unauthorized ? 0 : pauseBeforeNext(error, tries, performance.now() - begin);
        if (pause === null) throw error;
        await delay(pause, undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  async #request(method: Dispatcher.HttpMethod, path: string, options: TransportRequest): Promise<ApiAnswer> {
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
      const { response, credential } = await this.#send(method, path, { ...options, signal });
      status = response.statusCode;
      const text = await response.body.text();
      if (!isSuccess(response)) throw this.#refused(what, response, text, credential);
      return { body: text === "" ? null : (JSON.parse(text) as unknown), length: text.length };
    } catch (cause) {
      throw noAnswer(what, cause);
    } finally {
      this.#onAnswer({ method, status, seconds: (performance.now() - begin) / 1_000 });
    }
  }

  /** The JSON objects of a watch, one for each line, until the server ends it or `signal` does. Throws ApiError. */
  async *stream(path: string, options: StreamRequest): AsyncGenerator<unknown> {
    const what = `WATCH ${path}`;
    const { response, credential } = await this.#send("GET", path, options);
    try {
      if (!isSuccess(response)) throw this.#refused(what, response, await response.body.text(), credential);
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
    await this.#credentials.destroy();
  }

  async #send(method: Dispatcher.HttpMethod, path: string, options: StreamRequest) {
    const what = `${method} ${path}`;
    const credential = await this.#credentials.get().catch((cause: unknown) => {
      throw new ApiError(what, { status: 0, reason: "NoCredentials", cause });
    });
    const { headers, dispatcher } = credential;
    const response = await request(`${this.#server}${path}${queryString(options.query ?? {})}`, {
      method,
      headers: {
        accept: options.accept ?? "application/json",
        "user-agent": "sealwright-controller",
        ...(options.body === undefined ? {} : { "content-type": options.contentType ?? "application/json" }),
        ...headers,
      },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
      headersTimeout: REQUEST_TIMEOUT,
      // The end of a watch is the server's to choose (timeoutSeconds), or the reflector's.
      bodyTimeout: options.longestSilence ?? 0,
      dispatcher,
    }).catch((cause: unknown) => {
      throw noAnswer(what, cause);
    });
    return { response, credential };
  }

  #refused(what: string, response: Dispatcher.ResponseData, text: string, credential: Credential): ApiError {
    if (response.statusCode === 401) this.#credentials.distrust(credential);
    const retryAfter = response.headers["retry-after"];
    return apiErrorOf(what, response.statusCode, text, typeof retryAfter === "string" ? retryAfter : undefined);
  }
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
