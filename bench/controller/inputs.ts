import { readSecret, type SealingKey, type SealingKeyPem, seal } from "@sealwright/core";
import { makeKeys, readKeys, sealAll, secrets } from "../core/inputs.ts";

/** The newest first. */
export interface Keys {
  readonly pems: readonly SealingKeyPem[];
  readonly keys: readonly SealingKey[];
}

/** Sealed once, and kept in memory for every run. */
export async function keysFor(count: number): Promise<Keys> {
  const pems = await makeKeys(count);
  return { pems, keys: await readKeys(pems) };
}

export function newestOf({ keys }: Pick<Keys, "keys">): SealingKey {
  const [newest] = keys;
  if (newest === undefined) throw new Error("no key");
  return newest;
}

/** SealedSecrets of 2 items in 50 namespaces, texts of JSON. */
export function backlogOf(count: number, keys: Keys): Promise<readonly string[]> {
  return sealAll(secrets(count), () => newestOf(keys));
}

/** The same, of other names: those that come while others wait. */
export function freshOnes(count: number, keys: Keys): Promise<readonly string[]> {
  const texts = secrets(count).map((text) => text.replace('"name":"secret-', '"name":"fresh-'));
  return sealAll(texts, () => newestOf(keys));
}

/** SealedSecrets of so many items each. */
export async function withItems(count: number, items: number, keys: Keys): Promise<readonly string[]> {
  const names = Array.from({ length: items }, (_, index) => `item-${index}`);
  const texts = secrets(count).map((text) => {
    const manifest = JSON.parse(text) as { readonly data: Readonly<Record<string, string>> };
    const value = manifest.data["password"];
    return JSON.stringify({ ...manifest, data: Object.fromEntries(names.map((name) => [name, value])) });
  });
  return sealAll(texts, () => newestOf(keys));
}

/** What an item of such a SealedSecret is changed to, ciphertext alone. */
export async function anotherValue(sealed: string, item: string, keys: Keys): Promise<string> {
  const { metadata } = JSON.parse(sealed) as {
    readonly metadata: { readonly name: string; readonly namespace: string };
  };
  const { name, namespace } = metadata;
  const data = { [item]: Buffer.from("another value").toString("base64") };
  const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, data };
  const { spec } = await seal(readSecret(manifest), { certificate: newestOf(keys).certificate });
  return spec.encryptedData[item] ?? "";
}
