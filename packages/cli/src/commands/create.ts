import { readScope, type Secret, seal } from "@sealwright/core";
import type { CertificateRequest } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { DEFAULT_NAMESPACE, namespaceRule } from "../kube-namespace.ts";
import { manifestText, readFormat } from "../manifest-text.ts";
import { sealingCertificate } from "../sealed-file/sealing-certificate.ts";
import { type NewSecret, readNewSecret } from "../values/new-secret.ts";
import type { ReadOptions } from "../values/read-values.ts";

export interface CreateRequest {
  readonly secret: NewSecret;
  readonly options: ReadOptions;
  /** As it was given. */
  readonly scope: string | undefined;
  readonly namespace: string | undefined;
  /** As it was given. */
  readonly format: string;
  /** The file to make; stdout where absent. */
  readonly output: string | undefined;
  /** Put it in the place of a file that is there. */
  readonly force: boolean;
  readonly certificate: CertificateRequest;
}

/** Makes a SealedSecret of values that are on no disk. Nobody is asked for one before all else is known to be good. */
export async function createSealed(request: CreateRequest, io: Io): Promise<void> {
  const { output, options } = request;
  const format = readFormat(request.format);
  const scope = readScope(request.scope ?? "strict");
  if (output !== undefined && !request.force) await mustBeNew(output, io);
  const certificate = await sealingCertificate(output ?? "stdout", request.certificate, io);
  const inNamespace = namespaceRule(
    {
      asked: request.namespace,
      cluster: request.certificate.cluster,
      scope,
      clusterWideStaysBare: false,
      lastNamespace: DEFAULT_NAMESPACE,
    },
    io,
  );
  const { name, type } = request.secret;
  const empty: Secret = { metadata: { name }, type, data: new Map() };
  const { metadata } = await inNamespace(empty, { source: "arguments", document: 1, amongOthers: false, line: 1 });
  // Names are refused before anybody has typed a value.
  await seal({ metadata, data: empty.data }, { certificate, scope, allowEmptyData: true });
  const data = await readNewSecret(request.secret, options, io);
  const sealed = await seal({ metadata, type, data }, { certificate, scope, allowEmptyData: options.allowEmpty });
  const text = manifestText([sealed], format, { firstSeparator: false });
  await (output === undefined ? io.stdout.write(text) : io.files.replace(output, text));
}

/** What is sealed in a file nobody can bring back. A device holds nothing. */
async function mustBeNew(path: string, io: Io): Promise<void> {
  if (path.startsWith("/dev/")) return;
  const content = await io.files.read(path).catch(() => new Uint8Array());
  if (content.length > 0) throw new CommandError({ code: "items", problem: { code: "file_exists", path } });
}
