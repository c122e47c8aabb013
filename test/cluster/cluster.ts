import type { ApiClient } from "./api-client.ts";
import type { FaultPort } from "./faults.ts";

/** Which of the two makers a cluster comes from: in this process, or etcd + kube-apiserver + kube-controller-manager. */
export type MakerName = "embedded" | "real";

/** A Kubernetes API server that a test, the demo or a benchmark has for itself. Both makers keep this contract. */
export interface Cluster {
  readonly maker: MakerName;
  /** `https://127.0.0.1:PORT`, no slash at the end. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly certificateAuthority: string;
  /** The administrator's client (group `system:masters`). */
  readonly admin: ApiClient;
  /** The text of a kubeconfig for the administrator: one context, named `sealwright`. */
  readonly adminKubeconfig: string;

  /**
   * A bearer token of a ServiceAccount, which is made where it does not exist (its namespace too). On the real maker this is a
   * TokenRequest, so that RBAC holds as shipped; the embedded one knows who asks but allows everything.
   */
  serviceAccountToken(namespace: string, name: string): Promise<string>;

  /**
   * Lets `/api/v1/namespaces/NS/services/http:NAME:PORTNAME/proxy/...` reach a server that listens on a loopback port of this
   * machine. Makes the namespace and Service where they do not exist; called again for the same Service it moves it to the new port.
   */
  exposeService(service: ExposedService): Promise<void>;

  /** Lets the garbage collector see the kinds that a new CRD made; by itself the real one looks every 30 s. */
  noticeNewKinds(): Promise<void>;

  /** Faults to inject, or null where the maker can make none (the real one fails by killing its parts). */
  readonly faults: FaultPort | null;

  /** Ends all of it and removes its files. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ExposedService {
  readonly namespace: string;
  readonly name: string;
  /** The port on 127.0.0.1 where the server listens. */
  readonly loopbackPort: number;
  /** The Service's own port; 8080 unless told. */
  readonly servicePort?: number;
  /** The Service port's name; empty, as in the Go project's manifests, unless told. */
  readonly portName?: string;
}

/** Starts a cluster; ready to serve when the promise resolves. */
export type ClusterMaker = () => Promise<Cluster>;
