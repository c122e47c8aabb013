import { fileURLToPath } from "node:url";
import { assertValidAt, type Certificate, readCertificate, SealwrightError } from "@sealwright/core";
import { type ControllerRequest, withController } from "./controller-service.ts";
import { download, withoutSecrets } from "./download.ts";
import { CommandError } from "./failure.ts";
import type { Io } from "./io.ts";
import { decodeText } from "./text.ts";

/** Where the certificate is to come from. */
export interface CertificateRequest extends ControllerRequest {
  /** A path, or a `file:`, `http:` or `https:` URL; where absent, the controller in the cluster is asked. */
  readonly location: string | undefined;
  /** Whether somebody asked for this very one: then no project's certificate takes its place. */
  readonly isAsked?: boolean;
}

/** The place that a certificate came from. */
export interface CertificateOrigin {
  /** For a message. */
  readonly source: string;
  readonly fromController: boolean;
}

/**
 * Gets a certificate and reads it; it may be out of date.
 *
 * @throws CommandError `certificate_refused`, `certificate_location`, and those of the place it comes from
 */
export async function getCertificate(request: CertificateRequest, io: Io): Promise<Certificate> {
  return (await getFromOrigin(request, io)).certificate;
}

/** The same, for sealing: refused when it is out of date. */
export async function getValidCertificate(request: CertificateRequest, io: Io): Promise<Certificate> {
  const { certificate, origin } = await getFromOrigin(request, io);
  await about(origin, () => assertValidAt(certificate, io.clock.now()));
  return certificate;
}

async function getFromOrigin(request: CertificateRequest, io: Io) {
  const { origin, bytes } = await getBytes(request, io);
  // What is no text is no certificate either.
  const pem = decodeText(bytes) ?? "";
  return { origin, certificate: await about(origin, () => readCertificate(pem)) };
}

interface OriginalBytes {
  readonly origin: CertificateOrigin;
  readonly bytes: Uint8Array;
}

async function getBytes({ location, ...request }: CertificateRequest, io: Io): Promise<OriginalBytes> {
  if (location === undefined) {
    const source = `the controller ${request.controller.namespace}/${request.controller.name}`;
    const bytes = await withController(request, io, (controller) => controller.get("/v1/cert.pem"));
    return { origin: { source, fromController: true }, bytes };
  }
  const url = urlOf(location);
  if (url?.protocol === "http:" || url?.protocol === "https:") {
    return { origin: { source: withoutSecrets(url), fromController: false }, bytes: await download(url, io) };
  }
  const path = url === null ? location : pathOf(url, location);
  return { origin: { source: path, fromController: false }, bytes: await io.files.read(path) };
}

/** A drive letter is no scheme, and neither is what stands before a colon in a file's name. */
function urlOf(location: string): URL | null {
  if (!/^(?:[A-Za-z][A-Za-z0-9+.-]+:\/\/|[Ff][Ii][Ll][Ee]:)/.test(location)) return null;
  const url = URL.parse(location);
  if (url === null) throw unsupported(location);
  return url;
}

/** A `file:` URL can name a host, and then no path of this machine. Of other schemes none has a path. */
function pathOf(url: URL, location: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw unsupported(location);
  }
}

function unsupported(location: string): CommandError {
  return new CommandError({ code: "certificate_location", scheme: location.slice(0, location.indexOf(":")) });
}

async function about<T>(origin: CertificateOrigin, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof SealwrightError)) throw error;
    throw new CommandError({ code: "certificate_refused", ...origin, problem: error.problem }, { cause: error });
  }
}
