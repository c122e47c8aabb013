import { parse } from "yaml";
import type { RealCluster } from "../cluster/real/real-cluster.ts";

/** How to get to a cluster, piece by piece. */
export interface Access {
  readonly server: string;
  readonly token: string;
  /** `ca.crt`, the administrator's `tls.crt` and `tls.key`, and `token`. */
  readonly files: Readonly<Record<string, string>>;
  /** With one context, `other`; the current one is another where it is told. */
  kubeconfigOf(user: object, more?: { readonly current?: string; readonly "proxy-url"?: string }): string;
}

/** The token is that of the ServiceAccount `shop/developer`. */
export async function accessTo(cluster: RealCluster): Promise<Access> {
  const { users } = parse(cluster.adminKubeconfig) as {
    readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
  };
  const dataOf = (name: string) => Buffer.from(users[0]?.user[`${name}-data`] ?? "", "base64").toString();
  const token = await cluster.serviceAccountToken("shop", "developer");
  return {
    server: cluster.server,
    token,
    files: {
      "ca.crt": cluster.certificateAuthority,
      "tls.crt": dataOf("client-certificate"),
      "tls.key": dataOf("client-key"),
      token,
    },
    kubeconfigOf: (user, { current = "other", ...more } = {}) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": current,
        clusters: [{ name: "c", cluster: { server: cluster.server, "certificate-authority": "ca.crt", ...more } }],
        users: [{ name: "u", user }],
        contexts: [
          { name: "other", context: { cluster: "c", user: "u" } },
          { name: "elsewhere", context: { cluster: "none", user: "none" } },
        ],
      }),
  };
}
