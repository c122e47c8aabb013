import { isIP } from "node:net";
import { getCACertificates } from "node:tls";
import type { TlsOptions } from "./cluster-agent.ts";

/**
 * Whom to trust as a proxy that speaks TLS itself, and who to be there: as client-go has it, what is said of the API server goes for its
 * proxy; whom the system trusts is trusted, too. The name to expect is the proxy's own, whatever is asked of it.
 */
export function proxyTrust({ ca, ...tls }: TlsOptions, host: string): TlsOptions {
  const servername = isIP(host) === 0 ? host : "";
  return { ...tls, servername, ...(ca === undefined ? {} : { ca: [ca, getCACertificates("default")].flat() }) };
}
