import { getCACertificates } from "node:tls";
import type { TlsOptions } from "./cluster-dispatcher.ts";

/**
 * Whom to trust as a proxy that speaks TLS itself, and who to be there: as client-go has it, what is said of the API server goes for its
 * proxy; whom the system trusts is trusted, too. The name to expect is the proxy's own.
 */
export function proxyTrust({ ca, servername: _servername, ...tls }: TlsOptions): TlsOptions {
  return ca === undefined ? tls : { ...tls, ca: [ca, getCACertificates("default")].flat() };
}
