import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes.ts";
import { encryptHybrid, splitHybrid } from "../../src/hybrid.ts";
import { sharedPool } from "../../src/threads/shared-pool-node.ts";
import { ThreadPool } from "../../src/threads/thread-pool.ts";
import { testKey } from "../test-keys.ts";

const { certificate, privateKey } = await testKey("rsa-2048");
const LABEL = utf8("payments/database");
const parts = splitHybrid(await encryptHybrid(certificate.publicKey, utf8("value"), LABEL));
const encapsulated = parts?.encapsulated ?? new Uint8Array();

/** So many decryptions at the same time: all but the first in the pool. */
async function decryptAtOnce(label: Uint8Array, ciphertext = encapsulated) {
  const pool = new ThreadPool(sharedPool, 2);
  try {
    return await Promise.all(Array.from({ length: 12 }, () => pool.decryptOaep(privateKey, ciphertext, label)));
  } finally {
    pool.close();
  }
}

test("the pool finds the session keys that this thread finds, each in memory of its own", async () => {
  const [here, ...there] = await decryptAtOnce(LABEL);
  expect(here).toHaveLength(32);
  for (const sessionKey of there) {
    expect(sessionKey).toEqual(new Uint8Array(here ?? []));
    expect(sessionKey?.buffer.byteLength).toBe(32);
  }
  expect(new Set(there.map((sessionKey) => sessionKey?.buffer)).size).toBe(there.length);
});

test("a wrong label, a changed ciphertext and none at all are null", async () => {
  expect(await decryptAtOnce(utf8("payments/other"))).toEqual(Array(12).fill(null));
  expect(
    await decryptAtOnce(
      LABEL,
      encapsulated.map((byte) => byte ^ 1),
    ),
  ).toEqual(Array(12).fill(null));
  expect(await decryptAtOnce(LABEL, new Uint8Array())).toEqual(Array(12).fill(null));
});

test("what is under way when it is closed is rejected", async () => {
  const pool = new ThreadPool(sharedPool, 2);
  const decrypted = Array.from({ length: 6 }, () => pool.decryptOaep(privateKey, encapsulated, LABEL));
  await decrypted[0];
  pool.close();
  const [, ...others] = await Promise.allSettled(decrypted);
  expect(others.some(({ status }) => status === "rejected")).toBe(true);
});
