import { CONTROLLER_FLAGS } from "./certificate-flags.ts";
import type { ClusterRequest } from "./cluster/cluster.ts";
import type { ControllerService } from "./failure.ts";
import type { Flags, FlagValues } from "./flags.ts";
import type { Io } from "./io.ts";
import { kubeconfigRequest, type TextFlag } from "./kubeconfig-flags.ts";
import { readTimeout } from "./request-timeout.ts";

const { kubeconfig, context, ...CONTROLLER } = CONTROLLER_FLAGS;

/** Which cluster, and as whom: kubectl's flags. */
export const CLUSTER_FLAGS = {
  kubeconfig,
  context,
  cluster: { value: "NAME", help: "cluster of the kubeconfig, instead of the context's" },
  user: { value: "NAME", help: "user of the kubeconfig, instead of the context's" },
  server: { value: "URL", help: "the API server" },
  as: { value: "USER", help: "user to act as" },
  "as-group": { value: "GROUP", many: true, help: "group to act as" },
  "as-uid": { value: "UID", help: "UID to act as" },
  token: { value: "TOKEN", help: "bearer token that authenticates" },
  username: { value: "NAME", help: "user name that authenticates" },
  password: { value: "PASSWORD", help: "password that authenticates" },
  "client-certificate": { value: "FILE", help: "certificate that authenticates" },
  "client-key": { value: "FILE", help: "key of --client-certificate" },
  "certificate-authority": { value: "FILE", help: "authority that signed the API server's certificate" },
  "tls-server-name": { value: "NAME", help: "name to expect in the API server's certificate" },
  "insecure-skip-tls-verify": { help: "trust any certificate of the API server: whoever is in between reads along" },
  "proxy-url": { value: "URL", help: "proxy on the way to the API server" },
  "request-timeout": { value: "TIME", help: "how long one answer may take: 30s, 2m, 0 for ever" },
} as const satisfies Flags;

/** The same, and which controller in it. */
export const CLUSTER_AND_CONTROLLER_FLAGS = { ...CONTROLLER, ...CLUSTER_FLAGS } as const satisfies Flags;

export function clusterRequest(flags: FlagValues<typeof CLUSTER_FLAGS>, io: Io): ClusterRequest {
  const kubeconfig = kubeconfigRequest(
    {
      text: (name: TextFlag) => flags[name],
      list: (name) => flags[name],
      isSet: (name) => flags[name],
    },
    io,
  );
  return { kubeconfig, timeout: readTimeout(flags["request-timeout"]) };
}

export function controllerService(flags: FlagValues<typeof CONTROLLER>): ControllerService {
  return { name: flags["controller-name"], namespace: flags["controller-namespace"] };
}
