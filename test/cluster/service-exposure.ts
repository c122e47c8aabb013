import type { ApiClient } from "./api-client.ts";
import type { ExposedService } from "./cluster.ts";
import { createNamespaceUnlessThere, createUnlessThere } from "./create-unless-there.ts";
import type { PodNetwork } from "./real/pod-network.ts";

const DEFAULT_PORT = 8080;

/**
 * Lets the API server's service proxy reach loopback ports. It proxies only to the addresses of v1 Endpoints (an EndpointSlice alone is
 * not read) that point to a Pod with that same address, so each Service gets a Pod that exists on paper only.
 */
export class ServiceExposure {
  readonly #admin: ApiClient;
  readonly #pods: Pick<PodNetwork, "add" | "move">;
  /** Pod address by `namespace/name` of the Service. */
  readonly #addresses = new Map<string, string>();

  constructor(admin: ApiClient, pods: Pick<PodNetwork, "add" | "move">) {
    this.#admin = admin;
    this.#pods = pods;
  }

  async expose(service: ExposedService): Promise<void> {
    const id = `${service.namespace}/${service.name}`;
    const address = this.#addresses.get(id);
    if (address !== undefined) {
      this.#pods.move(address, service.loopbackPort);
      return;
    }
    const added = this.#pods.add(service.loopbackPort);
    await createNamespaceUnlessThere(this.#admin, service.namespace);
    await Promise.all([this.#createService(service), this.#createPod(service, added)]);
    await this.#createEndpoints(service, added);
    this.#addresses.set(id, added);
  }

  #createService({ namespace, name, servicePort: port = DEFAULT_PORT, portName }: ExposedService): Promise<void> {
    return createUnlessThere(this.#admin, `/api/v1/namespaces/${namespace}/services`, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { ports: [{ port, ...(portName === undefined ? {} : { name: portName }) }] },
    });
  }

  async #createPod({ namespace, name }: ExposedService, address: string): Promise<void> {
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const spec = { containers: [{ name: "on-paper", image: "on-paper" }] };
    await createUnlessThere(this.#admin, pods, { apiVersion: "v1", kind: "Pod", metadata: { name }, spec });
    await this.#admin.expectOk("PATCH", `${pods}/${name}/status`, {
      headers: { "content-type": "application/merge-patch+json" },
      body: { status: { phase: "Running", podIP: address, podIPs: [{ ip: address }] } },
    });
  }

  /** The Endpoints' port must have the name of the Service's, which may be somebody else's Service. */
  async #createEndpoints({ namespace, name }: ExposedService, ip: string): Promise<void> {
    const folder = `/api/v1/namespaces/${namespace}`;
    const { spec } = (await this.#admin.expectOk("GET", `${folder}/services/${name}`)) as Service;
    const targetRef = { kind: "Pod", namespace, name };
    await createUnlessThere(this.#admin, `${folder}/endpoints`, {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name },
      subsets: [{ addresses: [{ ip, targetRef }], ports: spec.ports.map(({ name, port }) => ({ name, port })) }],
    });
  }
}

interface Service {
  readonly spec: { readonly ports: readonly { readonly name?: string; readonly port: number }[] };
}
