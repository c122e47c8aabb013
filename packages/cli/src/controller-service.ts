import { type Answer, connect } from "./api-server.ts";
import { CommandError, type ControllerService } from "./failure.ts";
import type { Io } from "./io.ts";
import { findContext, type KubeconfigRequest } from "./kubeconfig.ts";

/** Which controller of which cluster. */
export interface ControllerRequest {
  readonly controller: ControllerService;
  readonly cluster: KubeconfigRequest;
}

/**
 * GETs from the controller through the API server's service proxy, which needs `get` on the Service and on its `proxy`.
 *
 * @param path of the controller's HTTP server
 * @throws CommandError of the kubeconfig, `cluster_unreachable`, `cluster_refused`, `service_absent`, `service_unavailable`,
 * `service_status`
 */
export async function fetchFromController(path: string, request: ControllerRequest, io: Io): Promise<Uint8Array> {
  const { namespace, name } = request.controller;
  const context = await findContext(request.cluster, io);
  if (context === null) throw new CommandError({ code: "kubeconfig_absent" });
  const apiServer = await connect(context, io);
  try {
    const services = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services`;
    const service = await apiServer.get(`${services}/${encodeURIComponent(name)}`);
    if (service.status === 404) throw new CommandError({ code: "service_absent", service: request.controller });
    const port = firstPortName(bodyOf(service, request.controller));
    const proxied = `http:${encodeURIComponent(name)}:${encodeURIComponent(port)}`;
    const answer = await apiServer.get(`${services}/${proxied}/proxy${path}`);
    if (isWithoutEndpoints(answer))
      throw new CommandError({ code: "service_unavailable", service: request.controller });
    return bodyOf(answer, request.controller);
  } finally {
    await apiServer.close();
  }
}

/** 503 where the Service's list of endpoints is empty, a 404 of the API server's own where it has none at all. */
function isWithoutEndpoints({ status, body }: Answer): boolean {
  return status === 503 || (status === 404 && parse(body)?.kind === "Status");
}

function bodyOf({ status, body }: Answer, service: ControllerService): Uint8Array {
  switch (status) {
    case 200:
      return body;
    case 401:
    case 403:
      throw new CommandError({ code: "cluster_refused", status, service });
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
