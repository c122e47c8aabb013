import { randomBytes } from "node:crypto";
import { ApiClient } from "../api-client.ts";
import type { Cluster, ExposedService } from "../cluster.ts";
import { createNamespaceUnlessThere } from "../create-unless-there.ts";
import { kubeconfig } from "../kubeconfig.ts";
import { Authority } from "../pki.ts";
import { serviceAccountToken } from "../service-account-token.ts";
import { ServiceExposure } from "../service-exposure.ts";
import { ControlPlane } from "./control-plane.ts";
import { ApiServer } from "./http/api-server.ts";
import { FaultInjector } from "./http/fault-injector.ts";

const NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/**
 * Starts a Kubernetes API server within this process: it stores objects in memory, knows who asks but allows everything, and runs
 * nothing. What it answers is held against a real one by the suite in `../conformance`.
 */
export async function startEmbeddedCluster(): Promise<Cluster> {
  const authority = await Authority.create();
  const [certificate, client] = await Promise.all([
    authority.issue({ commonName: "kube-apiserver", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] }),
    authority.issue({ commonName: "admin", organizations: ["system:masters"] }),
  ]);
  const certificateAuthority = authority.identity.certificate;
  const token = randomBytes(32).toString("base64url");
  const faults = new FaultInjector();
  const plane = new ControlPlane(token);
  const { authenticator, router } = plane;
  const server = new ApiServer({ certificate, clientAuthority: certificateAuthority, authenticator, router, faults });
  const access = { server: `https://127.0.0.1:${await server.listen()}`, certificateAuthority };
  const admin = new ApiClient({ ...access, token });
  for (const name of NAMESPACES) await createNamespaceUnlessThere(admin, name);
  const exposure = new ServiceExposure(admin, plane.pods);
  return {
    maker: "embedded",
    ...access,
    admin,
    adminKubeconfig: kubeconfig({ ...access, user: client }),
    serviceAccountToken: (namespace, name) => serviceAccountToken(admin, namespace, name),
    // The collector here looks at every kind as it comes.
    noticeNewKinds: async () => {},
    exposeService: (service: ExposedService) => exposure.expose(service),
    faults: {
      add: (rule) => faults.add(rule),
      closeWatches: () => plane.endWatches(),
      compact: () => plane.store.compact(),
    },
    stop: async () => {
      plane.stop();
      await admin.close();
      await server.close();
    },
  };
}
