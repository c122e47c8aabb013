import type { Certificate } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import type { Io } from "../io.ts";

/** The certificate for the items of a file. */
export function sealingCertificate(_path: string, request: CertificateRequest, io: Io): Promise<Certificate> {
  return getValidCertificate(request, io);
}
