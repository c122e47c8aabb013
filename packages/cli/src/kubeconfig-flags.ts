import { CommandError } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Fields, KubeconfigRequest } from "./kubeconfig.ts";

/** kubectl's flags about the connection, by type. */
export type TextFlag =
  | "as"
  | "as-uid"
  | "certificate-authority"
  | "client-certificate"
  | "client-key"
  | "cluster"
  | "context"
  | "kubeconfig"
  | "password"
  | "proxy-url"
  | "server"
  | "tls-server-name"
  | "token"
  | "user"
  | "username";

/** What they say, however they were given. */
export interface KubeconfigFlags {
  text(name: TextFlag): string | undefined;
  list(name: "as-group"): readonly string[];
  isSet(name: "insecure-skip-tls-verify"): boolean;
}

/** Paths in flags are relative to the working directory. @throws CommandError `impersonation_incomplete` */
export function kubeconfigRequest(flags: KubeconfigFlags, io: Io): KubeconfigRequest {
  const path = (name: TextFlag) => {
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
