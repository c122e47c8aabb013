import { writeCertificate } from "../commands/cert.ts";
import type { Io } from "../io.ts";
import type { GoArguments } from "./arguments.ts";
import { certificateRequest } from "./connection.ts";

/** `--fetch-cert`: the certificate, as PEM. */
export function fetchCertificate(flags: GoArguments, io: Io): Promise<void> {
  return writeCertificate({ certificate: certificateRequest(flags, io), output: flags.text("sealed-secret-file") }, io);
}
