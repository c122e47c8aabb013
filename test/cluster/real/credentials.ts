import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Authority, type Identity } from "../pki.ts";

/** Who is who in a cluster: one authority, and what it signed. */
export interface Credentials {
  /** PEM of the authority's certificate. */
  readonly certificateAuthority: string;
  readonly admin: Identity;
  readonly controllerManager: Identity;
}

/** The files of the API server's credentials; their names are in the folder that it runs in. */
export const CREDENTIAL_FILES = {
  certificateAuthority: "ca.crt",
  serverCertificate: "server.crt",
  serverKey: "server.key",
  tokenKey: "tokens.key",
  tokenPublicKey: "tokens.pub",
} as const;

/** Makes the credentials of a cluster, and writes those that the API server reads into `folder`. */
export async function makeCredentials(folder: string): Promise<Credentials> {
  const authority = await Authority.create();
  const [server, admin, controllerManager] = await Promise.all([
    authority.issue({
      commonName: "kube-apiserver",
      dnsNames: ["localhost", "kubernetes.default.svc"],
      ipAddresses: ["127.0.0.1"],
    }),
    authority.issue({ commonName: "sealwright-admin", organizations: ["system:masters"] }),
    authority.issue({ commonName: "system:kube-controller-manager" }),
  ]);
  const certificateAuthority = authority.identity.certificate;
  const tokens = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeAll(folder, {
    [CREDENTIAL_FILES.certificateAuthority]: certificateAuthority,
    [CREDENTIAL_FILES.serverCertificate]: server.certificate,
    [CREDENTIAL_FILES.serverKey]: server.key,
    [CREDENTIAL_FILES.tokenKey]: tokens.privateKey.export({ type: "sec1", format: "pem" }).toString(),
    [CREDENTIAL_FILES.tokenPublicKey]: tokens.publicKey.export({ type: "spki", format: "pem" }).toString(),
  });
  return { certificateAuthority, admin, controllerManager };
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await Promise.all(
    Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content, { mode: 0o600 })),
  );
}
