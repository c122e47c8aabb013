import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes.ts";
import { encryptHybrid, splitHybrid } from "../../src/hybrid.ts";
import { hostWith, threadHost } from "../../src/threads/host-node.ts";
import { ThreadPool } from "../../src/threads/thread-pool.ts";
import { testKey } from "../test-keys.ts";

const { certificate, privateKey } = await testKey("rsa-2048");
const LABEL = utf8("payments/database");
const parts = splitHybrid(await encryptHybrid(certificate.publicKey, utf8("value"), LABEL));

/** So many decryptions at the same time: all but the first on threads. */
function decryptAtOnce(pool: ThreadPool, count: number, label = LABEL) {
  const decrypted = Array.from({ length: count }, () =>
    pool.decryptOaep(privateKey, parts?.encapsulated ?? new Uint8Array(), label),
  );
  return Promise.allSettled(decrypted);
}

function sessionKeyOf(decrypted: PromiseSettledResult<Uint8Array | null> | undefined): Uint8Array | null {
  return decrypted?.status === "fulfilled" ? decrypted.value : null;
}

test("a thread hands over a session key that shares its memory with nothing", async () => {
  const pool = new ThreadPool(threadHost, 1);
  const [here, ...there] = await decryptAtOnce(pool, 3);
  pool.close();
  expect(there.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  for (const each of there) {
    expect(sessionKeyOf(each)?.buffer.byteLength).toBe(32);
    expect([...(sessionKeyOf(each) ?? [])]).toEqual([...(sessionKeyOf(here) ?? [])]);
  }
});

test("a wrong label is null there too", async () => {
  const pool = new ThreadPool(threadHost, 1);
  const decrypted = await decryptAtOnce(pool, 3, utf8("payments/other"));
  pool.close();
  expect(decrypted).toEqual(Array(3).fill({ status: "fulfilled", value: null }));
});

test("a program that is not there fails every decryption that a thread was to do, and hangs none", async () => {
  const pool = new ThreadPool(hostWith(new URL("./absent.js", import.meta.url)), 2);
  const [here, ...there] = await decryptAtOnce(pool, 12);
  pool.close();
  expect(here?.status).toBe("fulfilled");
  expect(there.map(({ status }) => status)).toEqual(Array(11).fill("rejected"));
});
