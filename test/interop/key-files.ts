import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSealingKey, KEY_LABEL, readSealingKey, type SealingKey, type SealingKeyPem } from "@sealwright/core";
import { readVectors } from "../vectors/vector-files.ts";

/** A sealing key, as each program wants to have it. */
export interface KeyFiles {
  readonly key: SealingKey;
  readonly pem: SealingKeyPem;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** `newest` seals unless it is told otherwise. The size is the point of `large` alone. */
export type InteropKeys = Readonly<Record<"large" | "former" | "newest", KeyFiles>>;

const DAY = 86_400_000;

/**
 * Two keys of 2048 bits, made for whoever asks, and one of 4096, the oldest. The newest is young enough that no controller makes
 * another.
 */
export async function makeKeyFiles(folder: string): Promise<InteropKeys> {
  const [former, newest] = await Promise.all([newKey(2), newKey(1)]);
  const large = readVectors("keys.json").keys["rsa-4096"];
  if (large === undefined) throw new Error("no key of 4096 bits");
  const keys = { large, former, newest };
  const files = Object.entries(keys).map(async ([name, pem]) => [name, await filesOf(folder, name, pem)] as const);
  return Object.fromEntries(await Promise.all(files)) as InteropKeys;
}

/** The Secret in which both controllers look for a key. */
export function keySecret(name: string, { pem }: KeyFiles) {
  const data = { "tls.crt": base64(pem.certificate), "tls.key": base64(pem.privateKey) };
  const metadata = { namespace: "kube-system", name, labels: { [KEY_LABEL]: "active" } };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", data };
}

function newKey(daysOld: number): Promise<SealingKeyPem> {
  const notBefore = new Date(Date.now() - daysOld * DAY);
  return createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter: new Date(Date.now() + DAY) });
}

async function filesOf(folder: string, name: string, pem: SealingKeyPem): Promise<KeyFiles> {
  const [certificateFile, privateKeyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  await Promise.all([
    writeFile(certificateFile, pem.certificate),
    writeFile(privateKeyFile, pem.privateKey, { mode: 0o600 }),
  ]);
  return { key: await readSealingKey(pem), pem, certificateFile, privateKeyFile };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
