import type { CertificateRequest } from "../certificate-source.ts";
import type { ControllerRequest } from "../controller-service.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Fields, KubeconfigRequest } from "../kubeconfig.ts";
import type { GoArguments } from "./arguments.ts";
import type { GoFlagName } from "./flags.ts";
import { readTimeout } from "./timeout.ts";

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

function kubeconfigRequest(flags: GoArguments, io: Io): KubeconfigRequest {
  const path = (name: GoFlagName) => {
    const given = flags.text(name);
    return given === undefined ? undefined : io.files.resolve(given);
  };
  const groups = flags.list("as-group");
  if (flags.text("as") === undefined && (groups.length > 0 || flags.text("as-uid") !== undefined)) {
    throw new CommandError({ code: "impersonation_incomplete" });
  }
  return {
    kubeconfig: flags.text("kubeconfig"),
    context: flags.text("context"),
    overrides: {
      clusterName: flags.text("cluster"),
      userName: flags.text("user"),
      cluster: given({
        server: flags.text("server"),
        "certificate-authority": path("certificate-authority"),
        "insecure-skip-tls-verify": flags.isSet("insecure-skip-tls-verify") ? true : undefined,
        "tls-server-name": flags.text("tls-server-name"),
        "proxy-url": flags.text("proxy-url"),
      }),
      user: given({
        token: flags.text("token"),
        username: flags.text("username"),
        password: flags.text("password"),
        "client-certificate": path("client-certificate"),
        "client-key": path("client-key"),
        as: flags.text("as"),
        "as-uid": flags.text("as-uid"),
        "as-groups": groups.length === 0 ? undefined : groups,
      }),
    },
  };
}

function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
