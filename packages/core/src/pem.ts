import { decodeBase64, encodeBase64 } from "./bytes.ts";

/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY`, ... */
  readonly label: string;
  readonly der: Uint8Array;
  /** True where the block has headers, as the old encrypted keys do. */
  readonly encrypted: boolean;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s*([^-]*)-----END \1-----/g;

/** The well-formed blocks of a text, in order; whatever stands between them is passed over, as OpenSSL and Go do. */
export function readPem(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].flatMap(([, label = "", body = ""]) => {
    const encrypted = body.includes(":") || label === "ENCRYPTED PRIVATE KEY";
    const der = encrypted ? new Uint8Array() : decodeBase64(body.replace(/\s/g, ""));
    return der === null ? [] : [{ label, der, encrypted }];
  });
}

/** A PEM block with lines of 64 characters and a line end at the end. */
export function writePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
