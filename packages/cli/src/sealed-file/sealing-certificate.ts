import type { Certificate } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import type { Io } from "../io.ts";
import { Projects } from "../project/find-project.ts";
import { certificateNameFor, SealingCertificates } from "../project/project-certificates.ts";

/** The certificate for the items of a file: the one that was asked for, else its project's, else as the request says. */
export async function sealingCertificate(path: string, request: CertificateRequest, io: Io): Promise<Certificate> {
  const { project, rule } = request.isAsked === true ? { project: null, rule: null } : await new Projects(io).of(path);
  const name = project === null ? null : certificateNameFor(project, rule);
  if (project === null || name === null) return getValidCertificate(request, io);
  return new SealingCertificates(io).get(project, name);
}
