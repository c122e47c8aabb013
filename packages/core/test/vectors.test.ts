import { describe, expect, test } from "vitest";
import { readVectors, type SealedSecretVector } from "../../../test/vectors/vector-files.ts";
import { decodeBase64, encodeBase64 } from "../src/bytes.ts";
import { decryptHybrid, splitHybrid } from "../src/hybrid.ts";
import {
  bindingOf,
  labelOf,
  type PrivateKey,
  readSealedSecret,
  readSecret,
  type SealedSecret,
  seal,
  secretManifest,
  unseal,
} from "../src/index.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testKey, testRing } from "./test-keys.ts";

const FILES = ["strict.json", "namespace-wide.json", "cluster-wide.json", "large-value.json"] as const;

describe.each(FILES)("%s: what kubeseal sealed", (file) => {
  const { vectors } = readVectors(file);

  test.each(vectors)("unseal makes the Go project's Secret: $name", async ({ key, sealedSecret, secret }) => {
    const unsealed = await unseal(readSealedSecret(sealedSecret), await testRing("other-rsa-4096", key));
    expect(secretManifest(unsealed.secret)).toEqual(secret);
    expect(unsealed.keys).toEqual(new Set([(await testKey(key)).fingerprint]));
  });

  test.each(vectors)("decryptHybrid opens each value: $name", async (vector) => {
    const sealed = readSealedSecret(vector.sealedSecret);
    const { privateKey } = await testKey(vector.key);
    for (const [item, value] of expectedItems(vector)) {
      expect(await openValue(sealed, item, privateKey)).toBe(value);
    }
  });

  test.each(vectors)("unseal opens what is sealed anew, to another key: $name", async (vector) => {
    const sealed = readSealedSecret(vector.sealedSecret);
    const { secret } = await unseal(sealed, await testRing(vector.key));
    const { certificate } = await testKey("rsa-2048");
    const again = await seal(readSecret(secretManifest(secret)), { certificate, scope: bindingOf(sealed).scope });
    expect(bindingOf(again)).toEqual(bindingOf(sealed));
    const opened = await unseal(readSealedSecret(JSON.parse(JSON.stringify(again))), await testRing("rsa-2048"));
    expect(itemsOf(opened.secret.data)).toEqual(expectedItems(vector));
  });
});

describe("refused.json: what must not open", () => {
  const { vectors } = readVectors("refused.json");

  test.each(vectors)("unseal says which items, and why: $name", async ({ keys, sealedSecret, failures }) => {
    const ring = await testRing(...keys);
    const problem = await problemOf(() => unseal(readSealedSecret(sealedSecret), ring));
    expect(problem).toEqual({ code: "undecryptable", items: new Map(Object.entries(failures)) });
  });

  test.each(vectors)("decryptHybrid opens none of those values: $name", async ({ keys, sealedSecret, failures }) => {
    for (const name of keys) {
      const { privateKey } = await testKey(name);
      for (const item of Object.keys(failures)) {
        expect(await openValue(readSealedSecret(sealedSecret), item, privateKey)).toBeNull();
      }
    }
  });
});

/** One value by hand, as base64; null where it does not open. */
async function openValue(sealed: SealedSecret, item: string, key: PrivateKey): Promise<string | null> {
  const bytes = decodeBase64(sealed.spec.encryptedData[item] ?? "");
  const parts = bytes && splitHybrid(bytes);
  const value = parts && (await decryptHybrid(parts, key, labelOf(bindingOf(sealed))));
  return value && encodeBase64(value);
}

function expectedItems({ secret }: SealedSecretVector): Map<string, string> {
  return new Map(Object.entries(secret["data"] as Record<string, string>));
}
