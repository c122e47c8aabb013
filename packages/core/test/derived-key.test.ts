import { expect, test } from "vitest";
import { deriveKey, readPrivateKey } from "../src/index.ts";
import { hex } from "./encodings.ts";
import { testKey, testKeyPem } from "./test-keys.ts";

/** Computed with OpenSSL: `openssl pkcs8 -topk8 -nocrypt -outform DER`, then `openssl kdf -kdfopt digest:SHA256 ... HKDF`. */
test("a key follows from private key and purpose, the same on every backing", async () => {
  const { privateKey } = await testKey("rsa-2048");
  expect(hex(await deriveKey(privateKey, "example.test/one 1"))).toBe(
    "2c96dfd562441b991701856a6bf082a855cdd3b08346fb518e533e0a7cabfa3b",
  );
});

test("another purpose or another private key makes another one", async () => {
  const [a, b] = [await testKey("rsa-2048"), await testKey("other-rsa-2048")];
  const keys = await Promise.all([
    deriveKey(a.privateKey, "one"),
    deriveKey(a.privateKey, "two"),
    deriveKey(b.privateKey, "one"),
  ]);
  expect(new Set(keys.map(hex)).size).toBe(3);
  expect(keys.map(({ length }) => length)).toEqual([32, 32, 32]);
});

test("the same private key makes the same one, read again", async () => {
  const again = await readPrivateKey(testKeyPem("rsa-2048").privateKey);
  const { privateKey } = await testKey("rsa-2048");
  expect(hex(await deriveKey(again, "one"))).toBe(hex(await deriveKey(privateKey, "one")));
});
