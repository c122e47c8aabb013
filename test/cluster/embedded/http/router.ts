import type { ServerResponse } from "node:http";
import { methodNotAllowed, noSuchResource, notFound } from "../api-error.ts";
import { negotiate, type View } from "../output/representation.ts";
import { type Resource, subjectOf, type Verb } from "../resource.ts";
import type { ResourceRegistry } from "../resource-registry.ts";
import type { Store } from "../store/store.ts";
import type { Target } from "../writing/object-writer.ts";
import type { ApiRequest } from "./api-request.ts";
import type { Discovery } from "./discovery.ts";
import { parseListOptions } from "./list-options.ts";
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

/** Finds out what a request is about, and hands it to who answers it. */
export class Router {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** `cutAfter` is the fault that a watch is to meet, if any. */
  async handle(request: ApiRequest, response: ServerResponse, cutAfter: number | null): Promise<Handled> {
    const fixed = this.#fixed(request);
    if (fixed !== null) return fixed;
    const path = parseResourcePath(request.path);
    if (path === null) return pageNotFound();
    const { group, version, plural } = path;
    const review = reviews.find((candidate) => candidate.plural === plural && candidate.group === group);
    if (review !== undefined) return this.#parts.reviews.review(review, request);
    const resource = this.#parts.registry.find(group, version, plural);
    if (resource === undefined) {
      if (this.#parts.registry.hasGroupVersion(group, version)) throw noSuchResource();
      return pageNotFound();
    }
    if (resource.namespaced ? path.name !== null && path.namespace === null : path.namespace !== null)
      throw noSuchResource();
    return path.name === null
      ? this.#collection(resource, path, request, response, cutAfter)
      : this.#object(resource, path, path.name, request, response);
  }

  #fixed(request: ApiRequest): Reply | null {
    if (HEALTH.includes(request.path)) return { status: 200, body: "ok" };
    if (request.path === "/version") return { status: 200, body: VERSION };
    if (request.path.startsWith("/openapi/v3")) return this.#parts.openApi.answer(request.path) ?? pageNotFound();
    return this.#parts.discovery.answer(request.path, request.header("accept") ?? "");
  }

  async #collection(
    resource: Resource,
    { namespace }: ResourcePath,
    request: ApiRequest,
    response: ServerResponse,
    cutAfter: number | null,
  ): Promise<Handled> {
    const { store, writes } = this.#parts;
    const isWritable = !resource.namespaced || namespace !== null;
    if (request.method === "GET") {
      const view = viewOf(request);
      const options = parseListOptions(request.query, store.revision);
      if (!options.watch) return listObjects(store, resource, namespace, request.query, view);
      this.#watch(
        new WatchStream(store, { resource, namespace, query: request.query, options, view, cutAfter }, response),
      );
      return null;
    }
    if (request.method === "POST" && isWritable && serves(resource, "create")) {
      return writes.create(resource, namespace ?? "", request, viewOf(request));
    }
    if (request.method === "DELETE" && isWritable && serves(resource, "deletecollection")) {
      return writes.deleteCollection(resource, namespace, request, viewOf(request));
    }
    throw methodNotAllowed();
  }

  #watch(stream: WatchStream): void {
    this.#parts.watches.add(stream);
    stream.start(() => this.#parts.watches.delete(stream));
  }

  async #object(
    resource: Resource,
    path: ResourcePath,
    name: string,
    request: ApiRequest,
    response: ServerResponse,
  ): Promise<Handled> {
    const { store, writes, reviews, proxy } = this.#parts;
    const namespace = path.namespace ?? "";
    if (path.subresource === "proxy" && resource.collection === "services")
      return proxy.handle(path, request, response);
    if (path.subresource === "token" && resource.collection === "serviceaccounts") {
      return reviews.requestToken(namespace, name, request);
    }
    const target: Target = { resource, namespace, name, subresource: subresourceOf(resource, path, name) };
    switch (request.method) {
      case "GET":
        return getObject(store, resource, target, request.query, viewOf(request));
      case "PUT":
        return writes.update(target, request, viewOf(request));
      case "PATCH":
        return writes.patch(target, request, viewOf(request));
      case "DELETE":
        return writes.delete(target, request, viewOf(request));
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

function serves(resource: Resource, verb: Verb): boolean {
  return resource.verbs.includes(verb);
}

function viewOf(request: ApiRequest): View {
  const rows = request.query.get("includeObject");
  return {
    shape: negotiate(request.header("accept")).shape,
    rows: rows === "None" || rows === "Object" ? rows : "Metadata",
  };
}

function pageNotFound(): Reply {
  return { status: 404, body: "404 page not found\n" };
}
