import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createSealingKey,
  readSealingKey,
  readSecret,
  type SealingKey,
  type SealingKeyPem,
  type SealOptions,
  seal,
} from "@sealwright/core";

const DAY = 86_400_000;

/** Keys of 4096 bits, the newest first, a month apart. */
export async function makeKeys(count: number): Promise<readonly SealingKeyPem[]> {
  const now = Date.now();
  const requests = Array.from({ length: count }, (_, index) => {
    const notBefore = new Date(now - (30 * index + 1) * DAY);
    return createSealingKey({ bits: 4096, commonName: "", notBefore, notAfter: new Date(now + 365 * DAY) });
  });
  return Promise.all(requests);
}

/** Secrets of two items, a line of JSON each; the namespace is that of `namespaceOf(index)`. */
export function secrets(count: number, namespaceOf = (index: number) => `ns-${index % 50}`): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `secret-${index}`, namespace: namespaceOf(index), labels: { app: "bench" } },
      type: "Opaque",
      data: {
        user: Buffer.from(`user-${index}`).toString("base64"),
        password: Buffer.from(`a password of some length ${index}`).toString("base64"),
      },
    }),
  );
}

/** The same, sealed each to the key that `keyOf(index)` is. */
export async function sealAll(
  texts: readonly string[],
  keyOf: (index: number) => SealingKey,
  options: Omit<SealOptions, "certificate"> = {},
): Promise<readonly string[]> {
  const sealed: string[] = [];
  for (const [index, text] of texts.entries()) {
    const { certificate } = keyOf(index);
    sealed.push(JSON.stringify(await seal(readSecret(JSON.parse(text)), { ...options, certificate })));
  }
  return sealed;
}

export function readKeys(pems: readonly SealingKeyPem[]): Promise<readonly SealingKey[]> {
  return Promise.all(pems.map((pem) => readSealingKey(pem)));
}

/** Writes the first `size` lines for each size; the function returned names the file. */
export function writeSizes(folder: string, name: string, lines: readonly string[], sizes: readonly number[]) {
  const fileOf = (size: number) => join(folder, `${name}-${size}.jsonl`);
  for (const size of sizes)
    writeFileSync(
      fileOf(size),
      lines
        .slice(0, size)
        .map((line) => `${line}\n`)
        .join(""),
    );
  return fileOf;
}

/** Both programs' files of those keys: PEM texts one after the other, and a JSON list. */
export function writeKeys(folder: string, name: string, pems: readonly SealingKeyPem[]) {
  const files = {
    pem: join(folder, `${name}.pem`),
    json: join(folder, `${name}.json`),
    certificate: join(folder, `${name}.crt`),
  };
  writeFileSync(files.pem, pems.map(({ privateKey }) => privateKey).join(""), { mode: 0o600 });
  writeFileSync(files.json, JSON.stringify(pems), { mode: 0o600 });
  writeFileSync(files.certificate, pems[0]?.certificate ?? "");
  return files;
}
