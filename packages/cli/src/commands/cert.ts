import { type CertificateRequest, getCertificate } from "../certificate-source.ts";
import type { Io } from "../io.ts";

export interface CertRequest {
  readonly certificate: CertificateRequest;
  /** The file to replace; stdout where absent. */
  readonly output: string | undefined;
}

/** Writes the certificate as PEM, once it is known to be one that seals. It may be out of date: sealing tells. */
export async function writeCertificate({ certificate: request, output }: CertRequest, io: Io): Promise<void> {
  const { pem } = await getCertificate(request, io);
  await (output === undefined ? io.stdout.write(pem) : io.files.replace(output, pem));
}
