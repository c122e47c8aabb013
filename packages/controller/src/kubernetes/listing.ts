import { ApiError } from "./api-error.ts";
import type { KubernetesObject, StatusObject, WatchEvent } from "./objects.ts";
import type { Transport } from "./transport.ts";

export interface ListingOptions {
  readonly transport: Transport;
  readonly path: string;
  readonly metadataOnly: boolean;
  /** Of labels and fields. */
  readonly selectors: Readonly<Record<string, string | undefined>>;
}

/** Told of each object as it comes; a streamed list can take back what it said. */
export type TakeListed<T> = (object: T, deleted: boolean) => void;

/** Marks the bookmark that ends a streamed list. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";
/** Statuses by which a server says that it knows no streamed lists: before Kubernetes 1.32 most do. */
const NOT_STREAMED = [400, 405, 406, 415, 422, 501];
/** Streamed lists that failed in a row, for whatever reason, after which one is fetched in pages. */
const BROKEN_STREAMS = 3;
/** Milliseconds without a byte after which a streamed list will not end any more: somebody on the way ignores what was asked for. */
const LONGEST_SILENCE = 60_000;

const METADATA_PAGE = 500;
/** Objects can have 1.5 MiB each: the first page is small, and the next ones hold about so many characters. */
const FIRST_PAGE = 50;
const PAGE_LENGTH = 4 * 1024 * 1024;

/**
 * Lists a collection object by object, so that it is never in memory twice: as a stream where the server has that, in pages where it has
 * not.
 */
export class Listing<T extends KubernetesObject> {
  readonly #options: ListingOptions;
  #streams = true;
  /** In a row. */
  #broken = 0;

  constructor(options: ListingOptions) {
    this.#options = options;
  }

  /** Resolves to the resourceVersion whose state was listed. Throws ApiError. */
  async list(take: TakeListed<T>, signal: AbortSignal): Promise<string> {
    const resourceVersion = await this.#list(take, signal);
    this.#broken = 0;
    return resourceVersion;
  }

  async #list(take: TakeListed<T>, signal: AbortSignal): Promise<string> {
    if (!this.#streams || this.#broken >= BROKEN_STREAMS) return this.#pages(take, signal);
    try {
      return await this.#stream(take, signal);
    } catch (error) {
      this.#broken += 1;
      if (!(error instanceof ApiError) || !NOT_STREAMED.includes(error.status)) throw error;
    }
    this.#streams = false;
    return this.#pages(take, signal);
  }

  async #stream(take: TakeListed<T>, signal: AbortSignal): Promise<string> {
    const { transport, path, selectors, metadataOnly } = this.#options;
    const events = transport.stream(path, {
      signal,
      accept: acceptOf("PartialObjectMetadata", metadataOnly),
      longestSilence: LONGEST_SILENCE,
      query: {
        watch: "true",
        ...selectors,
        sendInitialEvents: "true",
        resourceVersionMatch: "NotOlderThan",
        allowWatchBookmarks: "true",
      },
    });
    for await (const event of events as AsyncIterable<WatchEvent<T>>) {
      if (event.type === "ERROR") throw errorOf(path, event.object);
      const { object } = event;
      if (event.type !== "BOOKMARK") take(object, event.type === "DELETED");
      else if (object.metadata.annotations?.[INITIAL_EVENTS_END] === "true") {
        return String(object.metadata["resourceVersion"]);
      }
    }
    throw new ApiError(`LIST ${path}`, { status: 0, reason: "EndedTooSoon" });
  }

  async #pages(take: TakeListed<T>, signal: AbortSignal): Promise<string> {
    const { transport, path, selectors, metadataOnly } = this.#options;
    let limit = metadataOnly ? METADATA_PAGE : FIRST_PAGE;
    let token: string | undefined;
    for (;;) {
      const { body, length } = await transport.answer("GET", path, {
        signal,
        once: true,
        accept: acceptOf("PartialObjectMetadataList", metadataOnly),
        query: { ...selectors, limit: String(limit), continue: token },
      });
      const { items, metadata } = body as ListAnswer<T>;
      for (const object of items ?? []) take(object, false);
      token = metadata.continue || undefined;
      if (token === undefined) return metadata.resourceVersion;
      if (!metadataOnly) limit = nextLimit(items?.length ?? 0, length);
    }
  }
}

/** As many as are about as long as a page should be. */
function nextLimit(count: number, length: number): number {
  const each = length / Math.max(1, count);
  return Math.max(1, Math.min(METADATA_PAGE, Math.floor(PAGE_LENGTH / each)));
}

interface ListAnswer<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

/** The media type of full objects, or of their metadata alone, as `kind` calls that. */
export function acceptOf(kind: string, metadataOnly: boolean): string {
  return metadataOnly ? `application/json;as=${kind};g=meta.k8s.io;v=v1` : "application/json";
}

/** What an ERROR event of a watch says. */
export function errorOf(path: string, { code = 500, reason = "InternalError" }: StatusObject): ApiError {
  return new ApiError(`WATCH ${path}`, { status: code, reason });
}
