import type { Answer, ApiServer } from "./api-server.ts";
import { CommandError, type ControllerService } from "./failure.ts";
import type { Io } from "./io.ts";
import { findContext, type KubeconfigRequest } from "./kubeconfig.ts";

/** Which controller of which cluster. */
export interface ControllerRequest {
  readonly controller: ControllerService;
  readonly cluster: KubeconfigRequest;
  /** Milliseconds that one answer may take. */
  readonly timeout?: number | undefined;
}

/** The controller's HTTP server, behind the API server's service proxy. */
export interface Controller {
  /** The name of its Service's port; empty where it has none. */
  readonly port: string;
  /**
   * Needs `get` on the Service's `proxy`. @throws CommandError `cluster_unreachable`, `cluster_refused`, `service_unavailable`,
   * `service_status`
   */
  get(path: string): Promise<Uint8Array>;
  /**
   * Posts JSON, which needs `create`; throws as `get` does.
   *
   * @returns null where the answer is that there is a conflict: the controller cannot open what was posted
   */
  post(path: string, json: string): Promise<Uint8Array | null>;
}

/**
 * Does something with the controller. Needs `get` on its Service.
 *
 * @throws CommandError of the kubeconfig, `cluster_unreachable`, `cluster_refused`, `service_absent`
 */
export async function withController<T>(
  { controller, cluster, timeout }: ControllerRequest,
  io: Io,
  action: (controller: Controller) => Promise<T>,
): Promise<T> {
  const context = await findContext(cluster, io);
  if (context === null) throw new CommandError({ code: "kubeconfig_absent" });
  // With it comes whatever talks over the network.
  const { connect } = await import("./api-server.ts");
  const apiServer = await connect(context, io, timeout);
  try {
    return await action(await reachController(controller, apiServer));
  } finally {
    await apiServer.close();
  }
}

/** The same on a connection that is there already. */
export async function reachController(service: ControllerService, apiServer: ApiServer): Promise<Controller> {
  const name = encodeURIComponent(service.name);
  const services = `/api/v1/namespaces/${encodeURIComponent(service.namespace)}/services`;
  const answer = await apiServer.get(`${services}/${name}`);
  if (answer.status === 404) throw new CommandError({ code: "service_absent", service });
  const port = firstPortName(bodyOf(answer, service, "get"));
  const proxy = `${services}/http:${name}:${encodeURIComponent(port)}/proxy`;
  return {
    port,
    get: async (path) => proxiedBody(await apiServer.get(proxy + path), service, "get"),
    post: async (path, json) => {
      const posted = await apiServer.post(proxy + path, json);
      return posted.status === 409 ? null : proxiedBody(posted, service, "create");
    },
  };
}

type Verb = "get" | "create";

function proxiedBody(answer: Answer, service: ControllerService, verb: Verb): Uint8Array {
  if (isWithoutEndpoints(answer)) throw new CommandError({ code: "service_unavailable", service });
  return bodyOf(answer, service, verb);
}

/** 503 where the Service's list of endpoints is empty, a 404 of the API server's own where it has none at all. */
function isWithoutEndpoints({ status, body }: Answer): boolean {
  return status === 503 || (status === 404 && parse(body)?.kind === "Status");
}

function bodyOf({ status, body }: Answer, service: ControllerService, verb: Verb): Uint8Array {
  switch (status) {
    case 200:
      return body;
    case 401:
    case 403:
      throw new CommandError({ code: "cluster_refused", status, service, verb });
    default:
      throw new CommandError({ code: "service_status", service, status });
  }
}

interface KubernetesObject {
  readonly kind?: string;
  readonly spec?: { readonly ports?: readonly { readonly name?: string }[] };
}

/** The name of the Service's first port: empty in the Go project's manifests, where it has no name. */
function firstPortName(service: Uint8Array): string {
  const object = parse(service);
  if (object === null) throw new CommandError({ code: "cluster_unreadable" });
  return object.spec?.ports?.[0]?.name ?? "";
}

function parse(body: Uint8Array): KubernetesObject | null {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as KubernetesObject | null;
  } catch {
    return null;
  }
}
