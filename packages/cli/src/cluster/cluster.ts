import type { Answer, ApiServer, LastingAnswer } from "../api-server.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { findContext, type KubeContext, type KubeconfigRequest } from "../kubeconfig.ts";
import type { ClusterProblem } from "./problem.ts";
import { pathOf, type Resource } from "./resource.ts";

/** Which cluster, and as whom. */
export interface ClusterRequest {
  readonly kubeconfig: KubeconfigRequest;
  /** Milliseconds that one answer may take. */
  readonly timeout: number | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Objects of a list, as many as one answer has. */
export interface Page {
  readonly items: readonly unknown[];
  /** Of the list: where a watch goes on. */
  readonly resourceVersion: string;
}

/** How many objects one answer has. */
const PAGE = 500;
/** Bytes of one answer. Pages of objects so large that they are more are asked for anew with fewer of them. */
const LARGEST_PAGE = 64 * 1024 * 1024;

/** The objects of a cluster, seen with one person's rights. What comes from it is hostile: its shape is for the caller to check. */
export class Cluster {
  readonly context: KubeContext;
  readonly server: ApiServer;

  constructor(context: KubeContext, server: ApiServer) {
    this.context = context;
    this.server = server;
  }

  /** @returns null where there is none of that name. @throws CommandError `cluster`, `cluster_unreachable` */
  async get(resource: Resource, name: string): Promise<Fields | null> {
    const answer = await this.server.get(pathOf(resource, name), LARGEST_PAGE);
    return answer.status === 404 ? null : read(answer, "get", resource);
  }

  /** All of them, page by page; objects that come and go meanwhile may be missed. @throws as `get` */
  async *list(resource: Resource, labelSelector = ""): AsyncGenerator<Page> {
    const all = { ...(labelSelector === "" ? {} : { labelSelector }) };
    let next: string | null = null;
    let size = PAGE;
    for (;;) {
      const query = new URLSearchParams({ ...all, limit: String(size), ...(next === null ? {} : { continue: next }) });
      const answer: Answer | null = await this.#page(`${pathOf(resource)}?${query}`, size > 1);
      if (answer === null) {
        size = Math.ceil(size / 8);
        continue;
      }
      const { items, metadata } = await readList(answer, resource, labelSelector);
      yield { items, resourceVersion: textOf(metadata["resourceVersion"]) };
      next = textOf(metadata["continue"]) || null;
      if (next === null) return;
    }
  }

  /** @returns null where the name is taken. @throws as `get` */
  async create(resource: Resource, object: object): Promise<Fields | null> {
    const answer = await this.server.post(pathOf(resource), JSON.stringify(object));
    return answer.status === 409 ? null : read(answer, "create", resource);
  }

  /** Sends a merge patch. @returns null where there is none, or not of the patch's resourceVersion. @throws as `get` */
  async patch(resource: Resource, name: string, change: object): Promise<Fields | null> {
    const answer = await this.server.patch(pathOf(resource, name), JSON.stringify(change));
    return answer.status === 409 || answer.status === 404 ? null : read(answer, "patch", resource);
  }

  /** @returns null where what came before is forgotten: list anew. @throws as `get` */
  async watch(resource: Resource, query: Readonly<Record<string, string>>): Promise<LastingAnswer["lines"] | null> {
    const search = new URLSearchParams({ ...query, watch: "true", allowWatchBookmarks: "true" });
    const { status, lines } = await this.server.follow(`${pathOf(resource)}?${search}`);
    if (status === 200) return lines;
    if (status === 410) return null;
    return refuse({ status, body: new Uint8Array() }, "watch", resource);
  }

  /** Null where the answer is too large. */
  async #page(path: string, mayBeLarge: boolean): Promise<Answer | null> {
    try {
      return await this.server.get(path, LARGEST_PAGE);
    } catch (error) {
      const failure = error instanceof CommandError ? error.failure : null;
      if (mayBeLarge && failure?.code === "cluster_unreachable" && failure.fault === "TOO_LARGE") return null;
      throw error;
    }
  }
}

/**
 * Does something with a cluster.
 *
 * @throws CommandError of the kubeconfig, and `cluster`
 */
export async function withCluster<T>(
  { kubeconfig, timeout }: ClusterRequest,
  io: Io,
  action: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const context = await findContext(kubeconfig, io);
  if (context === null) throw clusterError({ code: "context_absent" });
  // With it comes whatever talks over the network.
  const { connect } = await import("../api-server.ts");
  const server = await connect(context, io, timeout);
  try {
    return await action(new Cluster(context, server));
  } catch (error) {
    throw withoutOffline(error);
  } finally {
    await server.close();
  }
}

export function clusterError(problem: ClusterProblem, options?: ErrorOptions): CommandError {
  return new CommandError({ code: "cluster", problem }, options);
}

/** The same without the advice to do without a cluster, which is not to be had here. */
export function withoutOffline(error: unknown): unknown {
  const failure = error instanceof CommandError ? error.failure : null;
  switch (failure?.code) {
    case "cluster_unreachable":
      return clusterError({ ...failure, code: "unreachable" }, { cause: error });
    case "cluster_unreadable":
      return clusterError({ code: "not_kubernetes" }, { cause: error });
    default:
      return error;
  }
}

async function readList(answer: Answer, resource: Resource, labelSelector: string) {
  if (answer.status === 404) throw clusterError({ code: "resource_unknown", resource: resource.shown });
  if (answer.status === 400 && labelSelector !== "") {
    throw clusterError({ code: "selector_invalid", selector: labelSelector });
  }
  const { items, metadata } = read(answer, "list", resource);
  if (!Array.isArray(items)) throw clusterError({ code: "not_kubernetes" });
  return { items: items as readonly unknown[], metadata: fieldsOf(metadata) };
}

function read(answer: Answer, verb: string, resource: Resource): Fields {
  if (answer.status < 200 || answer.status > 299) return refuse(answer, verb, resource);
  const object = parse(answer.body);
  if (object === null) throw clusterError({ code: "not_kubernetes" });
  return object;
}

function refuse({ status }: Answer, verb: string, resource: Resource): never {
  const { shown, namespace } = resource;
  if (status === 401) throw clusterError({ code: "not_authenticated" });
  if (status === 403) throw clusterError({ code: "not_allowed", verb, resource: shown, namespace });
  if (status === 404) throw clusterError({ code: "resource_unknown", resource: shown });
  throw clusterError({ code: "status", verb, resource: shown, status });
}

function parse(body: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

/** What should be an object, as one. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** What should be a text, as one: empty where it is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
