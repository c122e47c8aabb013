import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requirePeers } from "../../peers/binaries.ts";
import { ApiClient } from "../api-client.ts";
import type { Cluster, ExposedService } from "../cluster.ts";
import { kubeconfig } from "../kubeconfig.ts";
import { serviceAccountToken } from "../service-account-token.ts";
import { ServiceExposure } from "../service-exposure.ts";
import { apiServer } from "./api-server.ts";
import { controllerManager } from "./controller-manager.ts";
import { makeCredentials } from "./credentials.ts";
import { etcd } from "./etcd.ts";
import { freePort } from "./free-port.ts";
import { type Part, PartFailedError } from "./part.ts";
import { PodNetwork } from "./pod-network.ts";
import { Reaper } from "./reaper.ts";

export interface RealCluster extends Cluster {
  readonly maker: "real";
  readonly faults: null;
  /** The processes, to end and start again in a test of what happens then. */
  readonly parts: { readonly etcd: Part; readonly apiServer: Part; readonly controllerManager: Part };
}

export interface RealClusterOptions {
  /** More flags of the API server. */
  readonly apiServerArgs?: readonly string[];
}

/** Two clusters may choose the same port in the same moment; three times in a row they do not. */
const ATTEMPTS = 3;
const PORT_TAKEN = /address already in use/;

/**
 * Starts etcd, kube-apiserver and kube-controller-manager for one test alone: 2 to 6 s on two cores, about 400 MB.
 * Throws the end of the log of the part that did not start, and where a program is missing, which one.
 */
export async function startRealCluster(options: RealClusterOptions = {}): Promise<RealCluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(options);
    } catch (error) {
      const mayPass = error instanceof PartFailedError && PORT_TAKEN.test(error.message);
      if (!mayPass || attempt === ATTEMPTS) throw error;
    }
  }
}

type Programs = ReturnType<typeof requirePeers<"etcd" | "kubeApiserver" | "kubeControllerManager">>;

async function start(options: RealClusterOptions): Promise<RealCluster> {
  const programs = requirePeers("etcd", "kubeApiserver", "kubeControllerManager");
  const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
  const reaper = new Reaper(folder);
  try {
    return await startIn(folder, reaper, programs, options);
  } catch (error) {
    await reaper.close();
    throw error;
  }
}

async function startIn(
  folder: string,
  reaper: Reaper,
  programs: Programs,
  { apiServerArgs: args = [] }: RealClusterOptions,
): Promise<RealCluster> {
  const common = { folder, reaper };
  const store = etcd({ ...common, program: programs.etcd });
  const socket = join(folder, "pods.sock");
  const [credentials, pods, port] = await Promise.all([
    makeCredentials(folder),
    PodNetwork.listen(socket),
    freePort(),
    store.start(),
  ]);
  const access = { server: `https://127.0.0.1:${port}`, certificateAuthority: credentials.certificateAuthority };
  const admin = new ApiClient({ ...access, clientCertificate: credentials.admin });
  const front = await apiServer({
    ...common,
    program: programs.kubeApiserver,
    port,
    admin,
    podNetworkSocket: socket,
    args,
  });
  const controllers = await controllerManager({
    ...common,
    program: programs.kubeControllerManager,
    admin,
    access: { ...access, user: credentials.controllerManager },
  });
  await front.start();
  await controllers.start();
  const exposure = new ServiceExposure(admin, pods);
  return {
    maker: "real",
    ...access,
    admin,
    adminKubeconfig: kubeconfig({ ...access, user: credentials.admin }),
    faults: null,
    parts: { etcd: store, apiServer: front, controllerManager: controllers },
    serviceAccountToken: (namespace, name) => serviceAccountToken(admin, namespace, name),
    noticeNewKinds: async () => {
      if (!controllers.running) return;
      await controllers.stop();
      await controllers.start();
    },
    exposeService: (service: ExposedService) => exposure.expose(service),
    stop: async () => {
      await admin.close();
      // The store last: an API server without one can take a minute to end.
      for (const part of [controllers, front, store]) await part.stop();
      await pods.close();
      await reaper.close();
    },
  };
}
