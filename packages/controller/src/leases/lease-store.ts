import { isApiError } from "../kubernetes/api-error.ts";
import type { KubernetesObject } from "../kubernetes/objects.ts";
import { Reflector } from "../kubernetes/reflector.ts";
import type { Transport } from "../kubernetes/transport.ts";

/** A Lease of `coordination.k8s.io/v1`, as the API server holds it. */
export interface LeaseObject extends KubernetesObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  /** Empty, or absent, where nobody holds it. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** Times with six digits after the second. They are for people: nobody compares them with his own clock. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export interface LeaseStoreOptions {
  readonly transport: Transport;
  readonly namespace: string;
  /** Milliseconds for one request, of which there is no second: the next look comes soon. */
  readonly patience: number;
}

/** Leases of one namespace. Every write is over the very Lease that was read, or makes one where none was. */
export class LeaseStore {
  readonly #options: LeaseStoreOptions;
  readonly #path: string;

  constructor(options: LeaseStoreOptions) {
    this.#options = options;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${options.namespace}/leases`;
  }

  /** Null where there is none. Throws ApiError. */
  async get(name: string): Promise<LeaseObject | null> {
    try {
      return (await this.#request("GET", `${this.#path}/${name}`)) as LeaseObject;
    } catch (error) {
      if (isApiError(error, "NotFound")) return null;
      throw error;
    }
  }

  /**
   * Makes a Lease, or replaces the one that was read. Throws ApiError; `isRace` where somebody was quicker.
   *
   * @param over as it was read; null where there was none
   */
  async write(
    name: string,
    over: LeaseObject | null,
    { spec, annotations = {} }: { readonly spec: LeaseSpec; readonly annotations?: Readonly<Record<string, string>> },
  ): Promise<LeaseObject> {
    const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
    if (over === null) {
      const body = { ...lease, metadata: { name, namespace: this.#options.namespace, annotations }, spec };
      return (await this.#request("POST", this.#path, body)) as LeaseObject;
    }
    const { managedFields: _, ...metadata } = over.metadata;
    const body = { ...lease, metadata: { ...metadata, annotations }, spec };
    return (await this.#request("PUT", `${this.#path}/${name}`, body)) as LeaseObject;
  }

  /** Tells of every change of a Lease, null where it is gone, until the signal; never throws. */
  watch(name: string, onChange: (lease: LeaseObject | null) => void, signal: AbortSignal): Promise<void> {
    const reflector = new Reflector<LeaseObject>({
      transport: this.#options.transport,
      path: this.#path,
      fieldSelector: `metadata.name=${name}`,
      reduce: (object) => object,
      onChange: ({ after }) => onChange(after),
      onFailure: () => {},
    });
    return reflector.run(signal);
  }

  #request(method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<unknown> {
    const { transport, patience } = this.#options;
    const signal = AbortSignal.timeout(patience);
    return transport.request(method, path, { once: true, signal, ...(body === undefined ? {} : { body }) });
  }
}
