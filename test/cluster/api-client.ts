import { Agent, request } from "undici";

export interface ApiClientOptions {
  readonly server: string;
  readonly certificateAuthority: string;
  /** Either a bearer token or a client certificate; neither makes an anonymous client. */
  readonly token?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
}

export interface ApiRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes go as they are; anything else as JSON. */
  readonly body?: unknown;
  /** Ends a request that would last, as a watch does. */
  readonly signal?: AbortSignal;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The text as JSON; throws where it is none. */
  json(): unknown;
}

/** A plain HTTP client of a Kubernetes API server for tests: no models, no retries, nothing hidden. */
export class ApiClient {
  readonly #agent: Agent;
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connect: {
        ca: options.certificateAuthority,
        cert: options.clientCertificate?.certificate,
        key: options.clientCertificate?.key,
      },
    });
  }

  /** One request, its answer read whole. HTTP errors are answers; only a broken connection throws. */
  async request(method: string, path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    const response = await this.#send(method, path, options);
    const text = await response.body.text();
    return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) as unknown };
  }

  /** The lines of an answer that lasts, as a watch's does; ends when the server or `signal` ends it. */
  async *lines(path: string, options: ApiRequest = {}): AsyncGenerator<string> {
    const response = await this.#send("GET", path, options);
    let rest = "";
    for await (const chunk of response.body.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  }

  /** Like `request`, and throws with the server's message where the answer is not 2xx. */
  async expectOk(method: string, path: string, options: ApiRequest = {}): Promise<unknown> {
    const response = await this.request(method, path, options);
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${response.text.slice(0, 500)}`);
    return response.text === "" ? null : response.json();
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #send(method: string, path: string, { headers = {}, body, signal }: ApiRequest) {
    const raw = typeof body === "string" || body instanceof Uint8Array || body === undefined;
    return request(this.#options.server + path, {
      method: method as "GET",
      dispatcher: this.#agent,
      headers: {
        ...(this.#options.token === undefined ? {} : { authorization: `Bearer ${this.#options.token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: raw ? ((body ?? null) as string | Uint8Array | null) : JSON.stringify(body),
      signal: signal ?? null,
    });
  }
}
