import { fetchCertificates } from "../commands/cert.ts";
import type { Io } from "../io.ts";
import type { GoArguments } from "./arguments.ts";
import { certificateRequest } from "./connection.ts";

/** `--fetch-cert`: the certificate, as PEM. */
export function fetchCertificate(flags: GoArguments, io: Io): Promise<void> {
  const output = flags.text("sealed-secret-file");
  return fetchCertificates(
    { certificate: certificateRequest(flags, io), names: [], output, fingerprint: undefined },
    io,
  );
}
