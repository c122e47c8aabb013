import { setTimeout as delay } from "node:timers/promises";
import { ApiError } from "./api-error.ts";
import { acceptOf, errorOf, Listing } from "./listing.ts";
import { type KubernetesObject, keyOf, type WatchEvent } from "./objects.ts";
import type { Transport } from "./transport.ts";

export interface Change<T> {
  /** `namespace/name`. */
  readonly key: string;
  /** Null where the object is new, or was before this process began. */
  readonly before: T | null;
  /** Null where it is gone. */
  readonly after: T | null;
  /** Whether it is of the first list, and so nobody knows since when. */
  readonly initial: boolean;
}

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly transport: Transport;
  /** The collection: `/apis/bitnami.com/v1alpha1/sealedsecrets`. */
  readonly path: string;
  /** Only metadata comes over the wire and into the cache: for Secrets, so that no plaintext does. */
  readonly metadataOnly?: boolean;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Reduces an object, as it comes from the wire, to what the cache should hold. */
  readonly reduce: (object: T) => T;
  readonly onChange: (change: Change<T>) => void;
  /** Told of each failed list or watch; the reflector goes on by itself. */
  readonly onFailure: (error: unknown) => void;
  /** Waits so many milliseconds, or until the signal; real time unless told. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const WATCH_SECONDS = 290;
const LONGEST_PAUSE = 30_000;
/** The server's word goes further than ours, up to here. */
const LONGEST_RETRY_AFTER = 300_000;
/** Failures in a row after which the place to resume at is given up: a restored etcd may not know it, and does not say `Gone`. */
const LOST_AFTER = 3;
/** A watch that ends sooner, and without a word, is a proxy's doing or a server's that is shutting down. */
const TOO_SHORT = 1_000;

/**
 * Keeps a copy of a collection: a list, then a watch that is resumed where it ended, and a new list where the server has forgotten that
 * place. Objects count as they come; which of them are gone is known, and told, when a list is whole.
 */
export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #listing: Listing<T>;
  readonly #objects = new Map<string, T>();
  #synced = false;
  readonly #firstTry = Promise.withResolvers<void>();
  #resourceVersion: string | null = null;
  /** In a row. */
  #failures = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    const { transport, path, metadataOnly = false } = options;
    this.#listing = new Listing({ transport, path, metadataOnly, selectors: this.#selectors() });
  }

  /** True once the first list is in the cache. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Resolves when the first list is in, or has failed: then it may take long. */
  get firstTry(): Promise<void> {
    return this.#firstTry.promise;
  }

  get(key: string): T | null {
    return this.#objects.get(key) ?? null;
  }

  all(): Iterable<T> {
    return this.#objects.values();
  }

  /** Lists and watches until the signal ends it; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === null) await this.#list(signal).finally(this.#firstTry.resolve);
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        await (this.#options.pause ?? realPause)(this.#failed(error), signal);
      }
    }
  }

  /** Notes a failure; returns the milliseconds to wait after it. */
  #failed(error: unknown): number {
    this.#failures += 1;
    const expired = isGone(error) && this.#resourceVersion !== null;
    if (!expired) this.#options.onFailure(error);
    if (expired || this.#failures >= LOST_AFTER) this.#resourceVersion = null;
    return expired && this.#failures === 1 ? 0 : pauseAfter(this.#failures, error);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listed = new Set<string>();
    const take = (object: T, deleted: boolean) => {
      const key = keyOf(object);
      if (deleted) listed.delete(key);
      else listed.add(key);
      this.#change(key, deleted ? null : this.#options.reduce(object));
    };
    const resourceVersion = await this.#listing.list(take, signal);
    for (const key of this.#objects.keys()) if (!listed.has(key)) this.#change(key, null);
    this.#resourceVersion = resourceVersion;
    this.#synced = true;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { transport, path, metadataOnly = false } = this.#options;
    const seconds = Math.round(WATCH_SECONDS * (0.8 + 0.4 * Math.random()));
    const begin = performance.now();
    let silent = true;
    const events = transport.stream(path, {
      // A connection that died without a word ends here, half a minute after the server should have ended it.
      signal: AbortSignal.any([signal, AbortSignal.timeout((seconds + 30) * 1000)]),
      accept: acceptOf("PartialObjectMetadata", metadataOnly),
      query: {
        watch: "true",
        ...this.#selectors(),
        resourceVersion: this.#resourceVersion ?? undefined,
        allowWatchBookmarks: "true",
        timeoutSeconds: String(seconds),
      },
    });
    try {
      for await (const event of events) {
        this.#apply(event as WatchEvent<T>);
        silent = false;
        this.#failures = 0;
      }
    } finally {
      // Cut, but only after it held: some proxies end every connection like this.
      if (performance.now() - begin >= LONGEST_PAUSE) this.#failures = 0;
    }
    if (silent && !signal.aborted && performance.now() - begin < TOO_SHORT) {
      throw new ApiError(`WATCH ${path}`, { status: 0, reason: "EndedAtOnce" });
    }
    this.#failures = 0;
  }

  #apply(event: WatchEvent<T>): void {
    if (event.type === "ERROR") throw errorOf(this.#options.path, event.object);
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
    this.#options.onChange({ key, before, after, initial: !this.#synced });
  }

  #selectors(): { labelSelector: string | undefined; fieldSelector: string | undefined } {
    const { labelSelector, fieldSelector } = this.#options;
    return { labelSelector, fieldSelector };
  }
}

function realPause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, { signal }).catch(() => {});
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 410;
}

/** Exponential, with jitter, so that a thousand clients do not come back at once; or what the server asked for. */
function pauseAfter(failures: number, error: unknown): number {
  if (error instanceof ApiError && error.retryAfter !== null) {
    return Math.min(LONGEST_RETRY_AFTER, error.retryAfter * 1000);
  }
  return Math.min(LONGEST_PAUSE, 200 * 2 ** failures) * (0.5 + Math.random() / 2);
}
