import type { ServerResponse } from "node:http";
import { methodNotAllowed, noSuchResource, notFound } from "../api-error.ts";
import { type Resource, type Scope, subjectOf } from "../resource.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import type { Store } from "../store/store.ts";
import type { Target } from "../writing/object-writer.ts";
import type { ApiRequest } from "./api-request.ts";
import type { Discovery } from "./discovery.ts";
import { type ListOptions, parseListOptions } from "./list-options.ts";
import type { OpenApi } from "./openapi.ts";
import { getObject, listObjects } from "./read-handlers.ts";
import type { Handled, Reply } from "./reply.ts";
import { parseResourcePath, type ResourcePath } from "./resource-path.ts";
import { type ReviewHandlers, reviews } from "./reviews.ts";
import type { ServiceProxy } from "./service-proxy.ts";
import { WatchStream } from "./watch-stream.ts";
import type { WriteHandlers } from "./write-handlers.ts";

export interface RouterParts {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly discovery: Discovery;
  readonly openApi: OpenApi;
  readonly reviews: ReviewHandlers;
  readonly proxy: ServiceProxy;
  readonly writes: WriteHandlers;
  /** The watches that are open. */
  readonly watches: Set<WatchStream>;
}

const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.3-sealwright",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `${process.platform}/${process.arch}`,
};

const HEALTH = ["/healthz", "/livez", "/readyz"];

/** A request on its way to its answer. */
export interface Exchange {
  readonly request: ApiRequest;
  readonly response: ServerResponse;
  /** The fault that a watch is to meet; null for none. */
  readonly cutAfter: number | null;
}

/** Finds out what a request is about, and hands it to who answers it. */
export class Router {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  async handle(exchange: Exchange): Promise<Handled> {
    const { request } = exchange;
    const fixed = this.#fixed(request);
    if (fixed !== null) return fixed;
    const path = parseResourcePath(request.path);
    if (path === null) return pageNotFound();
    const { group, version, plural, namespace, name } = path;
    const review = reviews.find((candidate) => candidate.plural === plural && candidate.group === group);
    if (review !== undefined) return this.#parts.reviews.review(review, request);
    const resource = this.#parts.registry.find(group, version, plural);
    if (resource === undefined) {
      if (this.#parts.registry.hasGroupVersion(group, version)) throw noSuchResource();
      return pageNotFound();
    }
    const fits = resource.namespaced ? name === null || namespace !== null : namespace === null;
    if (!fits) throw noSuchResource();
    return name === null
      ? this.#collection({ resource, namespace }, exchange)
      : this.#object(resource, { ...path, name }, exchange);
  }

  #fixed(request: ApiRequest): Reply | null {
    const { path } = request;
    if (HEALTH.includes(path)) return { status: 200, body: "ok" };
    if (path === "/version") return { status: 200, body: VERSION };
    if (path.startsWith("/openapi/v3")) return this.#parts.openApi.answer(path) ?? pageNotFound();
    return this.#parts.discovery.answer(request);
  }

  async #collection(scope: Scope, exchange: Exchange): Promise<Handled> {
    const { store, writes } = this.#parts;
    const { request } = exchange;
    const { resource, namespace } = scope;
    if (request.method === "GET") {
      const options = parseListOptions(request.query, store.revision);
      return options.watch ? this.#watch(scope, options, exchange) : listObjects(store, scope, request);
    }
    // What is written is written in one namespace.
    const isOne = !resource.namespaced || namespace !== null;
    if (request.method === "POST" && isOne && resource.verbs.includes("create")) {
      return writes.create({ resource, namespace: namespace ?? "" }, request);
    }
    if (request.method === "DELETE" && isOne && resource.verbs.includes("deletecollection")) {
      return writes.deleteCollection(scope, request);
    }
    throw methodNotAllowed();
  }

  #watch(scope: Scope, options: ListOptions, { request, response, cutAfter }: Exchange): null {
    const { store, watches } = this.#parts;
    const { query, view } = request;
    const stream = new WatchStream(store, { ...scope, query, options, view, cutAfter }, response);
    watches.add(stream);
    stream.start(() => watches.delete(stream));
    return null;
  }

  async #object(
    resource: Resource,
    path: ResourcePath & { readonly name: string },
    { request, response }: Exchange,
  ): Promise<Handled> {
    const { store, writes, reviews, proxy } = this.#parts;
    const { name, subresource } = path;
    const namespace = path.namespace ?? "";
    if (subresource === "proxy" && resource.collection === "services") return proxy.handle(path, request, response);
    if (subresource === "token" && resource.collection === "serviceaccounts") {
      return reviews.requestToken(namespace, name, request);
    }
    const target: Target = { resource, namespace, name, subresource: subresourceOf(resource, path, name) };
    switch (request.method) {
      case "GET":
        return getObject(store, target, request);
      case "PUT":
        return writes.update(target, request);
      case "PATCH":
        return writes.patch(target, request);
      case "DELETE":
        return writes.delete(target, request);
      default:
        throw methodNotAllowed();
    }
  }
}

function subresourceOf(resource: Resource, { subresource, rest }: ResourcePath, name: string): Target["subresource"] {
  if (subresource === null) return "";
  if (subresource === "status" && rest === "" && resource.hasStatus) return "status";
  throw resource.custom ? notFound(subjectOf(resource, name)) : noSuchResource();
}

function pageNotFound(): Reply {
  return { status: 404, body: "404 page not found\n" };
}
