import type { ApiClient } from "../api-client.ts";
import { until } from "../until.ts";

/** An object as the API gives it back, as far as the scenarios look into it. */
export interface StoredObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly managedFields?: readonly object[];
    /** Of a list. */
    readonly continue?: string;
  };
  readonly items?: readonly StoredObject[];
  readonly [field: string]: unknown;
}

/** What the API server answered, as far as clients go by it. Messages are left out: their wording is nobody's contract. */
export interface Answer {
  readonly status: number;
  /** Of a `Status`. */
  readonly reason: string | undefined;
  /** Of a `Status`: `field: reason`, sorted, each once. */
  readonly causes: readonly string[];
  readonly warnings: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: StoredObject;
  /** Names of the items of a list, in their order. */
  readonly names: readonly string[];
}

export interface CallOptions {
  /** A string goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const MERGE_PATCH = "application/merge-patch+json";
export const JSON_PATCH = "application/json-patch+json";
export const STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";
export const APPLY_PATCH = "application/apply-patch+yaml";
export const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
export const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
export const TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

/** Asks the API server of the cluster that the scenarios run on. */
export class Caller {
  readonly #client: () => ApiClient;

  /** The client is asked for late, because the cluster starts after the scenarios were written down. */
  constructor(client: () => ApiClient) {
    this.#client = client;
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, contentType, accept, headers } = options;
    const response = await this.#client().request(method, path, {
      headers: {
        "user-agent": "scenario/1",
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...(accept === undefined ? {} : { accept }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return readAnswer(response.status, response.headers, response.text);
  }

  /** Creates an object and gives it back; throws where that is refused. */
  async create(collection: string, body: object): Promise<StoredObject> {
    return (await this.#client().expectOk("POST", collection, { body })) as StoredObject;
  }

  createNamespace(name: string): Promise<StoredObject> {
    return this.create("/api/v1/namespaces", { metadata: { name } });
  }

  apply(path: string, manager: string, configuration: object, query = ""): Promise<Answer> {
    const url = `${path}?fieldManager=${manager}${query}`;
    return this.call("PATCH", url, { body: configuration, contentType: APPLY_PATCH });
  }

  /** Waits until nothing is at a path. */
  async gone(path: string): Promise<void> {
    await until(async () => (await this.call("GET", path)).status === 404, { what: `${path} to be gone` });
  }

  /** Waits until an object looks as it should, and gives it back. */
  settled(path: string, isSettled: (object: StoredObject) => boolean): Promise<StoredObject> {
    return until(
      async () => {
        const { status, body } = await this.call("GET", path);
        return status === 200 && isSettled(body) && body;
      },
      { what: `${path} to settle` },
    );
  }

  /** The first so many events of a watch; fewer where it ends before. `onEvent` is called for each as it comes. */
  async watch(path: string, count: number, options: WatchOptions = {}): Promise<WatchEvent[]> {
    const enough = new AbortController();
    const events: WatchEvent[] = [];
    const headers = options.accept === undefined ? {} : { accept: options.accept };
    try {
      for await (const line of this.#client().lines(path, { signal: enough.signal, headers })) {
        if (line === "") continue;
        const event = JSON.parse(line) as WatchEvent;
        events.push(event);
        await options.onEvent?.(event);
        if (events.length === count) enough.abort();
      }
    } catch (error) {
      if (!enough.signal.aborted) throw error;
    }
    return events.slice(0, count);
  }
}

export interface WatchOptions {
  readonly accept?: string;
  readonly onEvent?: (event: WatchEvent) => unknown;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: StoredObject;
}

interface Cause {
  readonly field?: string;
  readonly reason: string;
}

function readAnswer(status: number, headers: Answer["headers"], text: string): Answer {
  const isJson = String(headers["content-type"]).startsWith("application/json") && text !== "";
  const body = (isJson ? JSON.parse(text) : {}) as StoredObject;
  const { reason, details } = body as { readonly reason?: string; readonly details?: { readonly causes?: Cause[] } };
  const causes = details?.causes?.map(({ field, reason }) => `${field ?? ""}: ${reason}`) ?? [];
  return {
    status,
    reason,
    causes: [...new Set(causes)].sort(),
    warnings: readWarnings(headers["warning"]),
    headers,
    text,
    body,
    names: body.items?.map(({ metadata }) => metadata.name) ?? [],
  };
}

/** `299 - "text", 299 - "text"`, in one header or several. */
function readWarnings(header: string | string[] | undefined): string[] {
  const all = [header ?? []].flat().join(",");
  return [...all.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, quoted = ""]) => JSON.parse(quoted) as string);
}
