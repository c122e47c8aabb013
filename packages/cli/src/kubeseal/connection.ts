import type { CertificateRequest } from "../certificate-source.ts";
import type { ControllerRequest } from "../controller-service.ts";
import type { Io } from "../io.ts";
import { kubeconfigRequest } from "../kubeconfig-flags.ts";
import { readTimeout } from "../request-timeout.ts";
import type { GoArguments } from "./arguments.ts";

/** Where the certificate is to come from, by the flags. */
export function certificateRequest(flags: GoArguments, io: Io): CertificateRequest {
  return { location: flags.text("cert"), ...controllerRequest(flags, io) };
}

/** @throws CommandError `request_timeout_invalid`, `impersonation_incomplete` */
export function controllerRequest(flags: GoArguments, io: Io): ControllerRequest {
  return {
    controller: {
      name: flags.text("controller-name") ?? "sealed-secrets-controller",
      namespace: flags.text("controller-namespace") ?? "kube-system",
    },
    cluster: kubeconfigRequest(flags, io),
    timeout: readTimeout(flags.text("request-timeout")),
  };
}
