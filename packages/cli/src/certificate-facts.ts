import type { Certificate } from "@sealwright/core";

const DAY = 24 * 60 * 60 * 1000;

/** What there is to say about a certificate. */
export interface CertificateFacts {
  /** Its name in the project; null where it has none. */
  readonly name: string | null;
  /** Where it comes from, as messages show it. */
  readonly source: string;
  readonly fingerprint: string;
  readonly commonName: string;
  readonly algorithm: "RSA";
  readonly bits: number;
  /** ISO 8601, in UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days; negative where it has expired. */
  readonly daysLeft: number;
  /** Whether the project says that it may be no other. */
  readonly pinned: boolean;
}

export function factsOf(
  certificate: Certificate,
  origin: Pick<CertificateFacts, "name" | "source" | "pinned">,
  now: Date,
): CertificateFacts {
  const { fingerprint, commonName, publicKey, notBefore, notAfter } = certificate;
  return {
    name: origin.name,
    source: origin.source,
    fingerprint,
    commonName,
    algorithm: "RSA",
    bits: publicKey.bits,
    notBefore: isoSecond(notBefore),
    notAfter: isoSecond(notAfter),
    daysLeft: Math.floor((notAfter.getTime() - now.getTime()) / DAY),
    pinned: origin.pinned,
  };
}

/** `in 12 days`, `today`, `3 days ago` */
export function describeDays(days: number): string {
  if (days === 0) return "within a day";
  const number = `${Math.abs(days)} day${Math.abs(days) === 1 ? "" : "s"}`;
  return days > 0 ? `in ${number}` : `${number} ago`;
}

function isoSecond(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
