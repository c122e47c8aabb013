import { setTimeout as delay } from "node:timers/promises";
import type { ObjectMeta } from "@sealwright/core";
import { ApiError } from "./api-error.ts";
import type { Transport } from "./transport.ts";

/** What every object of the API server has. */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
}

export interface Change<T> {
  /** `namespace/name`. */
  readonly key: string;
  /** Null where the object is new, or was before this process began. */
  readonly before: T | null;
  /** Null where it is gone. */
  readonly after: T | null;
}

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly transport: Transport;
  /** The collection: `/apis/bitnami.com/v1alpha1/sealedsecrets`. */
  readonly path: string;
  /** Only metadata comes over the wire and into the cache: for Secrets, so that no plaintext does. */
  readonly metadataOnly?: boolean;
  readonly labelSelector?: string | undefined;
  /** Reduces an object, as it comes from the wire, to what the cache should hold. */
  readonly reduce: (object: T) => T;
  readonly onChange: (change: Change<T>) => void;
  /** Told of each failed list or watch; the reflector goes on by itself. */
  readonly onFailure: (error: unknown) => void;
}

const PAGE = "500";
const WATCH_SECONDS = 290;
const LONGEST_PAUSE = 30_000;

/**
 * Keeps a copy of a collection: a list in pages, then a watch that is resumed where it ended, and a new list where the server has
 * forgotten that place. What changed between two lists is found by comparing them, so no deletion goes unseen.
 */
export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #objects = new Map<string, T>();
  #synced = false;
  #resourceVersion: string | null = null;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** True once the first list is in the cache. */
  get synced(): boolean {
    return this.#synced;
  }

  get(key: string): T | null {
    return this.#objects.get(key) ?? null;
  }

  /** Lists and watches until the signal ends it; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === null) await this.#list(signal);
        await this.#watch(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (isGone(error)) this.#resourceVersion = null;
        else this.#options.onFailure(error);
        failures += 1;
        await delay(pause(failures, error), undefined, { signal }).catch(() => {});
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listed = new Map<string, T>();
    let token: string | undefined;
    let resourceVersion = "";
    do {
      const page = (await this.#options.transport.request("GET", this.#options.path, {
        signal,
        accept: this.#accept("PartialObjectMetadataList"),
        query: { labelSelector: this.#options.labelSelector, limit: PAGE, continue: token },
      })) as ListAnswer<T>;
      for (const object of page.items ?? []) listed.set(keyOf(object), this.#options.reduce(object));
      resourceVersion = page.metadata.resourceVersion;
      token = page.metadata.continue || undefined;
    } while (token !== undefined);
    this.#replace(listed);
    this.#resourceVersion = resourceVersion;
    this.#synced = true;
  }

  #replace(listed: ReadonlyMap<string, T>): void {
    for (const key of [...this.#objects.keys()]) if (!listed.has(key)) this.#change(key, null);
    for (const [key, object] of listed) this.#change(key, object);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const seconds = Math.round(WATCH_SECONDS * (0.8 + 0.4 * Math.random()));
    const events = this.#options.transport.stream(this.#options.path, {
      // A connection that died without a word ends here, half a minute after the server should have ended it.
      signal: AbortSignal.any([signal, AbortSignal.timeout((seconds + 30) * 1000)]),
      accept: this.#accept("PartialObjectMetadata"),
      query: {
        watch: "true",
        labelSelector: this.#options.labelSelector,
        resourceVersion: this.#resourceVersion ?? undefined,
        allowWatchBookmarks: "true",
        timeoutSeconds: String(seconds),
      },
    });
    for await (const event of events) this.#apply(event as WatchEvent<T>);
  }

  #apply(event: WatchEvent<T>): void {
    if (event.type === "ERROR") throw watchError(event.object as unknown as StatusObject);
    const { object } = event;
    if (event.type === "DELETED") this.#change(keyOf(object), null);
    if (event.type === "ADDED" || event.type === "MODIFIED") this.#change(keyOf(object), this.#options.reduce(object));
    this.#resourceVersion = String(object.metadata["resourceVersion"]);
  }

  #change(key: string, after: T | null): void {
    const before = this.#objects.get(key) ?? null;
    if (before?.metadata["resourceVersion"] === after?.metadata["resourceVersion"]) return;
    if (after === null) this.#objects.delete(key);
    else this.#objects.set(key, after);
    this.#options.onChange({ key, before, after });
  }

  #accept(kind: string): string {
    return this.#options.metadataOnly === true ? `application/json;as=${kind};g=meta.k8s.io;v=v1` : "application/json";
  }
}

interface ListAnswer<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

interface StatusObject {
  readonly code?: number;
  readonly reason?: string;
}

/** `namespace/name`, or `name` alone for what has no namespace. */
export function keyOf({ metadata }: KubernetesObject): string {
  return metadata.namespace === undefined ? (metadata.name ?? "") : `${metadata.namespace}/${metadata.name ?? ""}`;
}

function watchError({ code, reason }: StatusObject): ApiError {
  return new ApiError("WATCH", { status: code ?? 500, reason: reason ?? "InternalError" });
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 410;
}

/** Exponential, with jitter, so that a thousand clients do not come back at once; or what the server asked for. */
function pause(failures: number, error: unknown): number {
  if (isGone(error) && failures === 1) return 0;
  if (error instanceof ApiError && error.retryAfter !== null) return error.retryAfter * 1000;
  return Math.min(LONGEST_PAUSE, 200 * 2 ** failures) * (0.5 + Math.random() / 2);
}
