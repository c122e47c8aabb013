import type { Cluster } from "../cluster/cluster.ts";
import { until } from "../cluster/until.ts";
import { type Controller, type ControllerOptions, startController } from "../programs/controller.ts";
import { ControllerWorld, metricsUrl } from "./controller-world.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";

/** Leases that end within a moment: what is tested is that they end, not when. */
export const QUICK_LEASES = ["--lease-duration=4s", "--renew-deadline=3s", "--retry-period=500ms"];

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly leaseTransitions?: number;
}

/** Several replicas of the controller, by the names of their Pods, and the Leases that they share. */
export class ReplicaWorld extends ControllerWorld {
  readonly #replicas = new Map<string, Controller>();

  constructor(cluster: Cluster) {
    super(cluster, "shop");
  }

  async start(podName: string, { args = [], ...options }: ControllerOptions = {}): Promise<Controller> {
    const all = ["--listen-metrics-addr=127.0.0.1:0", ...args];
    const replica = await startController(this.cluster, { args: all, podName, ...options });
    this.#replicas.set(podName, replica);
    return replica;
  }

  /** The replica of that Pod. */
  replica(podName: string | undefined): Controller {
    const replica = this.#replicas.get(podName ?? "");
    if (replica === undefined) throw new Error(`there is no replica ${podName}`);
    return replica;
  }

  /** Ends every replica, stopped ones too. */
  async stop(): Promise<void> {
    for (const replica of this.#replicas.values()) replica.signal("SIGCONT");
    await Promise.all([...this.#replicas.values()].map((replica) => replica.stop()));
    this.#replicas.clear();
  }

  async lease(name = "sealed-secrets-key-0-of-1"): Promise<LeaseSpec | undefined> {
    const answer = await this.cluster.admin.request("GET", `${LEASES}/${name}`);
    return answer.status === 200 ? (answer.json() as { readonly spec: LeaseSpec }).spec : undefined;
  }

  /** Changes a Lease behind everybody's back. */
  patchLease(spec: unknown): Promise<void> {
    return this.patch(`${LEASES}/sealed-secrets-key-0-of-1`, { spec });
  }

  async deleteLease(): Promise<void> {
    await this.cluster.admin.expectOk("DELETE", `${LEASES}/sealed-secrets-key-0-of-1`);
  }

  /** Who holds the one Lease, once that is somebody whom the condition fits. */
  leader(fits: (podName: string) => boolean = () => true, timeoutMs = 30_000): Promise<string> {
    const holder = async () => {
      const { holderIdentity = "" } = (await this.lease()) ?? {};
      return holderIdentity !== "" && fits(holderIdentity) && holderIdentity;
    };
    return until(holder, { what: "a holder of the Lease", timeoutMs });
  }

  /** How many shards each replica says that it holds, in the order of their start. */
  async shares(): Promise<readonly number[]> {
    return Promise.all([...this.#replicas.values()].map(async (replica) => (await heldShards(replica)).length));
  }
}

/** The shards that a replica says that it holds. */
export async function heldShards(replica: Controller): Promise<readonly number[]> {
  const text = await (await fetch(metricsUrl(replica.log()))).text();
  return [...text.matchAll(/^sealwright_controller_shard_held\{shard="(\d+)"\} 1$/gm)].map(([, shard]) =>
    Number(shard),
  );
}
