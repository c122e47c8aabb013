import type { CertificateRequest } from "./certificate-source.ts";
import type { Flags, FlagValues } from "./flags.ts";

/** Which controller of which cluster. */
export const CONTROLLER_FLAGS = {
  "controller-name": {
    value: "NAME",
    env: "SEALED_SECRETS_CONTROLLER_NAME",
    fallback: "sealed-secrets-controller",
    help: "the controller's Service",
  },
  "controller-namespace": {
    value: "NAMESPACE",
    env: "SEALED_SECRETS_CONTROLLER_NAMESPACE",
    fallback: "kube-system",
    help: "the controller's namespace",
  },
  kubeconfig: { value: "FILE", help: "kubeconfig, instead of $KUBECONFIG or ~/.kube/config" },
  context: { value: "NAME", help: "context of the kubeconfig, instead of its current one" },
} as const satisfies Flags;

/** Where the certificate comes from. */
export const CERTIFICATE_FLAGS = {
  cert: {
    value: "FILE|URL",
    env: "SEALED_SECRETS_CERT",
    help: "certificate, instead of asking the controller in the cluster",
  },
  ...CONTROLLER_FLAGS,
} as const satisfies Flags;

/** Those of them that say which certificate is meant: then no project does. */
const CERTIFICATE_SOURCES = ["cert", "kubeconfig", "context", "controller-name", "controller-namespace"] as const;

/** @param isGiven whether a flag stands among the arguments: what the environment says is only for where no project does */
export function certificateRequest(
  flags: FlagValues<typeof CERTIFICATE_FLAGS>,
  isGiven: (flag: keyof typeof CERTIFICATE_FLAGS) => boolean,
): CertificateRequest & { readonly isAsked: boolean } {
  return { location: flags.cert, isAsked: CERTIFICATE_SOURCES.some(isGiven), ...controllerRequest(flags) };
}

export function controllerRequest(flags: FlagValues<typeof CONTROLLER_FLAGS>): Omit<CertificateRequest, "location"> {
  return {
    controller: { name: flags["controller-name"], namespace: flags["controller-namespace"] },
    cluster: { kubeconfig: flags.kubeconfig, context: flags.context },
  };
}
