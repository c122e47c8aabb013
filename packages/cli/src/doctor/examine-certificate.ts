import { type Certificate, readCertificate } from "@sealwright/core";
import { getCertificate } from "../certificate-source.ts";
import type { Controller } from "../controller-service.ts";
import type { ControllerService } from "../failure.ts";
import type { Io } from "../io.ts";
import type { KubeconfigRequest } from "../kubeconfig.ts";
import { day } from "../terminal/age.ts";
import { type Finding, failure, ok, warning } from "./check.ts";

/** Milliseconds before its end from which a certificate is soon to expire. */
const SOON = 30 * 86_400_000;

/** @throws CommandError, SealwrightError where the controller serves none */
export async function servedCertificate(controller: Controller): Promise<Certificate> {
  return readCertificate(new TextDecoder().decode(await controller.get("/v1/cert.pem")));
}

/** Whether the certificate that a controller serves seals, now and for some time. */
export function examineCertificate({ fingerprint, notBefore, notAfter }: Certificate, now: Date): Finding {
  if (now > notAfter) {
    return failure(`it expired on ${day(notAfter)}: nothing can be sealed`, "sealwright keys rotate makes a new key");
  }
  if (now.getTime() < notBefore.getTime() - 3_600_000) {
    return failure(`it is valid only from ${notBefore.toISOString()} on`, "is this machine's clock right?");
  }
  if (notAfter.getTime() - now.getTime() < SOON) {
    return warning(`it expires on ${day(notAfter)}`, "sealwright keys rotate makes a new key");
  }
  return ok(`until ${day(notAfter)}, ${fingerprint}`);
}

/** Whether the certificate that somebody seals with here is the one that the controller serves. */
export async function examineLocalCertificate(
  location: string,
  served: Certificate,
  place: { readonly controller: ControllerService; readonly cluster: KubeconfigRequest },
  io: Io,
): Promise<Finding> {
  const { fingerprint } = await getCertificate({ location, ...place }, io);
  if (fingerprint === served.fingerprint) return ok(`${location} is the controller's`);
  return warning(
    `${location} is of another key, ${fingerprint}, than the controller serves`,
    "an older key of the same controller opens what is sealed to it; sealwright cert fetches the present one",
  );
}
