import { createSealingKey, readSealingKey, type SealingKey, type SealingKeyPem } from "@sealwright/core";

/** A small sealing key whose certificate is valid from that day on, for ten years. */
export async function newKeyPem(notBefore = "2026-01-01", commonName = ""): Promise<SealingKeyPem> {
  const begin = new Date(`${notBefore}T00:00:00Z`);
  const notAfter = new Date(begin.getTime() + 87_600 * 3_600_000);
  return createSealingKey({ bits: 2048, commonName, notBefore: begin, notAfter });
}

export async function newKey(notBefore?: string): Promise<SealingKey> {
  return readSealingKey(await newKeyPem(notBefore));
}
