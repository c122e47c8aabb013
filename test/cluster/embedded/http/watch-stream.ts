import type { ServerResponse } from "node:http";
import { ApiError } from "../api-error.ts";
import type { Json, JsonObject } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import { representObject, type View, withoutColumns } from "../output/representation.ts";
import { apiVersionOf, type Scope } from "../resource.ts";
import type { Change } from "../store/collection.ts";
import { parseSelector, type Selector } from "../store/selector.ts";
import type { Store } from "../store/store.ts";
import type { ListOptions } from "./list-options.ts";
import { select } from "./read-handlers.ts";

/** Says that what came before was the state at the start. */
const INITIAL_EVENTS_END = { "k8s.io/initial-events-end": "true" };

/** How often a watch that wants bookmarks gets one, and how long before its end the last. */
const BOOKMARK_INTERVAL_MS = 60_000;
const LAST_BOOKMARK_MS = 2_000;

export interface WatchRequest extends Scope {
  readonly query: URLSearchParams;
  readonly options: ListOptions;
  readonly view: View;
  /** A fault: cut the connection in the middle of the event that follows so many; null for none. */
  readonly cutAfter: number | null;
}

/** One open watch. */
export class WatchStream {
  readonly #store: Store;
  readonly #request: WatchRequest;
  readonly #selector: Selector;
  readonly #response: ServerResponse;
  readonly #timers: NodeJS.Timeout[] = [];
  #unsubscribe: (() => void) | null = null;
  #sent = 0;

  /** Throws a 400 where the selectors are none. */
  constructor(store: Store, request: WatchRequest, response: ServerResponse) {
    this.#store = store;
    this.#request = request;
    this.#selector = parseSelector(request.resource, request.query);
    this.#response = response;
  }

  /** Sends what there is, and then what happens, until the client, the server or the time ends it. */
  start(onEnd: () => void): void {
    this.#response.on("close", () => {
      this.#unsubscribe?.();
      this.#timers.forEach(clearTimeout);
      onEnd();
    });
    this.#response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
    this.#response.flushHeaders();
    if (!this.#sendPast()) return;
    const collection = this.#store.collection(this.#request.resource.collection);
    this.#unsubscribe = collection.subscribe((change) => this.#sendChange(change));
    this.#startTimers();
  }

  /** Ends it as a server that shuts down does. */
  end(): void {
    this.#response.end();
  }

  /** Sends what happened until now. Returns false where the watch ended with it. */
  #sendPast(): boolean {
    const { resource, namespace, options } = this.#request;
    const { resourceVersion, sendInitialEvents } = options;
    const collection = this.#store.collection(resource.collection);
    const wantsState = sendInitialEvents ?? !resourceVersion;
    if (wantsState) {
      const objects = select(resource, collection.list(namespace), this.#selector);
      for (const object of objects) this.#sendObject("ADDED", object);
      if (sendInitialEvents && options.bookmarks) this.#sendBookmark(INITIAL_EVENTS_END);
      return true;
    }
    try {
      for (const change of collection.changesSince(resourceVersion ?? this.#store.revision)) this.#sendChange(change);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#write({ type: "ERROR", object: error.toStatus() });
      this.#response.end();
      return false;
    }
  }

  #startTimers(): void {
    const { timeoutSeconds, bookmarks } = this.#request.options;
    if (timeoutSeconds !== null) this.#timers.push(setTimeout(() => this.end(), timeoutSeconds * 1000));
    if (!bookmarks) return;
    this.#timers.push(setInterval(() => this.#sendProgress(), BOOKMARK_INTERVAL_MS));
    const beforeEnd = (timeoutSeconds ?? 0) * 1000 - LAST_BOOKMARK_MS;
    if (beforeEnd > 0) this.#timers.push(setTimeout(() => this.#sendProgress(), beforeEnd));
  }

  /** A bookmark, where the client can resume from a later point than the one it came from. */
  #sendProgress(): void {
    if (this.#store.revision > (this.#request.options.resourceVersion ?? 0)) this.#sendBookmark();
  }

  /** An object that comes into the selection is added, one that leaves it is deleted, whatever was done to it. */
  #sendChange({ type, object, previous, revision }: Change): void {
    const { resource, namespace, options } = this.#request;
    if (namespace !== null && object.metadata.namespace !== namespace) return;
    if (options.resourceVersion !== null && revision <= options.resourceVersion) return;
    const now = resource.fromStored(object);
    const before = previous === null ? null : resource.fromStored(previous);
    const isIn = type !== "DELETED" && this.#selector(now);
    const wasIn = before !== null && this.#selector(before);
    if (isIn) this.#sendObject(wasIn ? "MODIFIED" : "ADDED", now);
    else if (wasIn) this.#sendObject("DELETED", withResourceVersion(before, now));
  }

  #sendBookmark(annotations?: Record<string, string>): void {
    const { resource } = this.#request;
    const metadata = { resourceVersion: String(this.#store.revision), ...(annotations ? { annotations } : {}) };
    const object = { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
    this.#write({ type: "BOOKMARK", object: this.#represent(object) });
  }

  #sendObject(type: Change["type"], object: KubeObject): void {
    this.#write({ type, object: this.#represent(object) });
  }

  #represent(object: KubeObject): Json {
    const { resource, view } = this.#request;
    const body = representObject(resource, object, view);
    return view.shape === "Table" && this.#sent > 0 ? withoutColumns(body) : body;
  }

  #write(event: JsonObject): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    const line = `${JSON.stringify(event)}\n`;
    if (this.#sent === this.#request.cutAfter) {
      this.#response.write(line.slice(0, line.length / 2), () => this.#response.destroy());
      return;
    }
    this.#sent += 1;
    this.#response.write(line);
  }
}

function withResourceVersion(object: KubeObject, from: KubeObject): KubeObject {
  const { resourceVersion = "" } = from.metadata;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}
