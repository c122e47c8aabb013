import { readScope, readSecret, type Scope, type Secret, seal } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import type { Io } from "../io.ts";
import { namespaceRule } from "../kube-namespace.ts";
import { type Manifest, readSources, STDIN, within } from "../manifest.ts";
import { manifestText, readFormat } from "../manifest-text.ts";

export interface SealRequest {
  /** Paths, or `-` for stdin. */
  readonly inputs: readonly string[];
  /** The file to replace; stdout where absent. */
  readonly output: string | undefined;
  /** As it was given. */
  readonly format: string;
  /** As it was given; where absent, each Secret's annotations decide. */
  readonly scope: string | undefined;
  /** The name to seal every Secret under, instead of its own. */
  readonly name?: string | undefined;
  /** Asked for by name: for manifests that name none, and refused by those that name another. */
  readonly namespace: string | undefined;
  readonly allowEmptyData: boolean;
  readonly certificate: CertificateRequest;
  readonly dialect: SealDialect;
}

/** Where the Go project's program does it otherwise. */
export interface SealDialect {
  /** Start the first YAML document with `---`, too. */
  readonly firstSeparator: boolean;
  /** Leave a cluster-wide Secret without a namespace although one was asked for. */
  readonly clusterWideStaysBare: boolean;
  /** Seal what the API server will not take: a TLS Secret without its key, more than 1 MiB. */
  readonly unchecked: boolean;
  /** The namespace where nobody names one and there is no kubeconfig; undefined where that is an error. */
  readonly lastNamespace: string | undefined;
  /** What stderr says when stdin is a terminal. */
  readonly terminalNotice: string;
}

/** Secrets in, SealedSecrets out. Nothing is written before all of them are sealed. */
export async function sealSecrets(request: SealRequest, io: Io): Promise<void> {
  const format = readFormat(request.format);
  const scope = request.scope === undefined ? undefined : readScope(request.scope);
  const secrets = await readSecrets(request, scope, io);
  const certificate = await getValidCertificate(request.certificate, io);
  const { allowEmptyData, dialect } = request;
  const options = {
    certificate,
    allowEmptyData,
    unchecked: dialect.unchecked,
    ...(scope === undefined ? {} : { scope }),
  };
  const sealed: object[] = [];
  for (const { manifest, secret } of secrets) sealed.push(await within(manifest, () => seal(secret, options)));
  const text = manifestText(sealed, format, dialect);
  await (request.output === undefined ? io.stdout.write(text) : io.files.replace(request.output, text));
}

interface LocatedSecret {
  readonly manifest: Manifest;
  readonly secret: Secret;
}

async function readSecrets(
  { inputs, name, namespace, certificate, dialect }: SealRequest,
  scope: Scope | undefined,
  io: Io,
): Promise<readonly LocatedSecret[]> {
  if (inputs.includes(STDIN) && io.stdin.isTerminal) await io.stderr.write(`${dialect.terminalNotice}\n`);
  const { clusterWideStaysBare, lastNamespace } = dialect;
  const inNamespace = namespaceRule(
    { asked: namespace, cluster: certificate.cluster, scope, clusterWideStaysBare, lastNamespace },
    io,
  );
  const secrets: LocatedSecret[] = [];
  for (const manifest of await readSources(inputs, io)) {
    const read = await within(manifest, () => readSecret(manifest.value));
    const secret = name === undefined ? read : { ...read, metadata: { ...read.metadata, name } };
    secrets.push({ manifest, secret: await inNamespace(secret, manifest.place) });
  }
  return secrets;
}
