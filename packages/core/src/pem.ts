import { decodeBase64, encodeBase64 } from "./bytes.ts";

/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY`, ... */
  readonly label: string;
  readonly der: Uint8Array;
  /** True where the block has headers, as the old encrypted keys do. */
  readonly encrypted: boolean;
}

/** A pattern of one whole block would have to backtrack through the bodies; two markers and what is between them stay linear. */
const MARKER = /-----(BEGIN|END) ([A-Z0-9 ]+)-----/g;

/** The well-formed blocks of a text, in order; whatever stands between them is passed over, as OpenSSL and Go do. */
export function readPem(text: string): PemBlock[] {
  const markers = [...text.matchAll(MARKER)];
  return markers.flatMap((begin, index) => {
    const end = markers[index + 1];
    const [, edge, label = ""] = begin;
    if (edge !== "BEGIN" || end?.[1] !== "END" || end[2] !== label) return [];
    const body = text.slice(begin.index + begin[0].length, end.index);
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
