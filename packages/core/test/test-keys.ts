import { readVectors } from "../../../test/vectors/vector-files.ts";
import { encodeBase64 } from "../src/bytes.ts";
import { KeyRing, readSealingKey, type SealingKey } from "../src/index.ts";

const { keys } = readVectors("keys.json");
const read = new Map<string, Promise<SealingKey>>();

/** A key of `test/vectors/keys.json`, read once by whichever backing is in use. */
export function testKey(name: string): Promise<SealingKey> {
  const known = read.get(name) ?? readSealingKey(testKeyPem(name));
  read.set(name, known);
  return known;
}

export function testKeyPem(name: string) {
  const key = keys[name];
  if (key === undefined) throw new Error(`no test key ${name}`);
  return key;
}

export async function testRing(...names: readonly string[]): Promise<KeyRing> {
  return new KeyRing(await Promise.all(names.map(testKey)));
}

/** The same key at another place in time. */
export async function testKeyAt(name: string, year: number): Promise<SealingKey> {
  return { ...(await testKey(name)), orderedBy: new Date(Date.UTC(year, 0)) };
}

/** Items with their bytes in base64: equal whichever kind of byte array a backing returns. */
export function itemsOf(data: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  return new Map([...data].map(([item, value]) => [item, encodeBase64(value)]));
}
