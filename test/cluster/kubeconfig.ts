import { stringify } from "yaml";
import type { Identity } from "./pki.ts";

export interface KubeconfigOptions {
  readonly server: string;
  /** PEM */
  readonly certificateAuthority: string;
  /** Who its user is: by a client certificate, a bearer token, or what a program prints. */
  readonly user: Identity | { readonly token: string } | { readonly exec: object };
}

/** The text of a kubeconfig with one context, named `sealwright`. */
export function kubeconfig({ server, certificateAuthority, user }: KubeconfigOptions): string {
  const name = "sealwright";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(certificateAuthority) } }],
    users: [{ name, user: "certificate" in user ? clientCertificate(user) : user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

function clientCertificate({ certificate, key }: Identity): Record<string, string> {
  return { "client-certificate-data": base64(certificate), "client-key-data": base64(key) };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
