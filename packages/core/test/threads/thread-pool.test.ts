import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import type { DecryptionThreads } from "../../src/index.ts";
import { ThreadPool } from "../../src/threads/thread-pool.ts";
import { testKey } from "../test-keys.ts";
import { FakeThread, fakeHost } from "./fake-host.ts";

const { privateKey } = await testKey("rsa-2048");

/** What was decrypted on this thread, until it is told to go on. */
let here: (() => void)[] = [];

beforeEach(() => {
  here = [];
  vi.spyOn(cryptography, "decryptOaep").mockImplementation((_key, ciphertext) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    here.push(() => resolve(ciphertext));
    return promise;
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Asks for a decryption whose answer is that number. */
async function decrypt(pool: DecryptionThreads, number: number): Promise<number | undefined> {
  return (await pool.decryptOaep(privateKey, Uint8Array.of(number), new Uint8Array()))?.[0];
}

/** A pool whose one decryption here is under way, so that all others go to threads. */
function busyPool(threads: number, obstacle?: Error) {
  const host = fakeHost(obstacle);
  const pool = new ThreadPool(host, threads);
  void decrypt(pool, 0);
  return { host, pool };
}

const numbers = (thread: FakeThread | undefined) => thread?.jobs.map(({ ciphertext }) => ciphertext[0]);

describe("threads", () => {
  test("are not started for a few decryptions, one after the other", async () => {
    const host = fakeHost();
    const pool = new ThreadPool(host, 2);
    for (const number of [1, 2, 3, 4]) {
      const decrypted = decrypt(pool, number);
      here.shift()?.();
      expect(await decrypted).toBe(number);
    }
    expect(host.threads).toEqual([]);
    const fifth = decrypt(pool, 5);
    expect([here.length, host.threads.length]).toEqual([0, 1]);
    host.threads[0]?.finish();
    expect(await fifth).toBe(5);
  });

  test("are started one by one, have two jobs in hand at most, and get them in the order of arrival", async () => {
    const { host, pool } = busyPool(2);
    const decrypted = [1, 2, 3, 4, 5, 6].map((number) => decrypt(pool, number));
    expect(host.threads.map(numbers)).toEqual([
      [1, 3],
      [2, 4],
    ]);
    host.threads[1]?.finish();
    expect(host.threads.map(numbers)).toEqual([
      [1, 3],
      [4, 5],
    ]);
    for (const thread of [0, 0, 0, 1, 1]) host.threads[thread]?.finish();
    expect(await Promise.all(decrypted)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("keep the process alive only while they have something to do", async () => {
    const { host, pool } = busyPool(1);
    const decrypted = [decrypt(pool, 1), decrypt(pool, 2)];
    const [thread] = host.threads;
    thread?.finish();
    expect(thread?.keptAlive).toBe(true);
    thread?.finish();
    expect(thread?.keptAlive).toBe(false);
    await Promise.all(decrypted);
  });

  test("end when they have been idle for a minute, and start again", async () => {
    vi.useFakeTimers();
    const host = fakeHost();
    const pool = new ThreadPool(host, 1);
    const decrypted = [decrypt(pool, 1), decrypt(pool, 2)];
    here.shift()?.();
    vi.advanceTimersByTime(120_000);
    expect(host.threads[0]?.terminated).toBe(false);
    host.threads[0]?.finish();
    await Promise.all(decrypted);
    vi.advanceTimersByTime(60_000);
    expect(host.threads[0]?.terminated).toBe(true);
    const [, second] = [decrypt(pool, 3), decrypt(pool, 4)];
    expect([here.length, host.threads.length]).toEqual([1, 2]);
    host.threads[1]?.finish();
    expect(await second).toBe(4);
  });
});

describe("a thread that ends", () => {
  test("fails what it had in hand, and is replaced for what waits", async () => {
    const { host, pool } = busyPool(1);
    const [first, second, third] = [1, 2, 3].map((number) => decrypt(pool, number));
    const cause = new Error("out of memory");
    host.threads[0]?.fail(cause);
    const failure = { message: "a thread ended in the middle of a decryption", cause };
    await expect(first).rejects.toMatchObject(failure);
    await expect(second).rejects.toMatchObject(failure);
    expect(host.threads.map(numbers)).toEqual([[1, 2], [3]]);
    host.threads[1]?.finish();
    expect(await third).toBe(3);
  });

  test("fails what waits too where no other can be started", async () => {
    const obstacle = new Error("too many threads");
    const { pool } = busyPool(1, obstacle);
    const failure = { message: "no thread could be given a decryption", cause: obstacle };
    await expect(decrypt(pool, 1)).rejects.toMatchObject(failure);
    await expect(decrypt(pool, 2)).rejects.toMatchObject(failure);
  });
});

test("a job that cannot be sent fails alone, and takes no place", async () => {
  const { host, pool } = busyPool(1);
  const first = decrypt(pool, 1);
  const [thread] = host.threads;
  const unsendable = vi.spyOn(FakeThread.prototype, "decrypt").mockImplementationOnce(() => {
    throw new Error("not to be cloned");
  });
  await expect(decrypt(pool, 2)).rejects.toThrow("no thread could be given a decryption");
  unsendable.mockRestore();
  const third = decrypt(pool, 3);
  expect(numbers(thread)).toEqual([1, 3]);
  thread?.finish();
  thread?.finish();
  expect(await Promise.all([first, third])).toEqual([1, 3]);
});

test("close ends the threads and rejects whatever is under way, waits or comes later", async () => {
  const { host, pool } = busyPool(1);
  const decrypted = [1, 2, 3].map((number) => decrypt(pool, number));
  pool.close();
  for (const each of [...decrypted, decrypt(pool, 4)]) {
    await expect(each).rejects.toThrow("the decryption threads were closed");
  }
  expect(host.threads.map(({ terminated }) => terminated)).toEqual([true]);
});

test("no more than 10,000 decryptions wait", async () => {
  const { pool } = busyPool(1);
  const decrypted = Array.from({ length: 10_002 }, (_, index) => decrypt(pool, index).catch(() => "closed"));
  await expect(decrypt(pool, 1)).rejects.toThrow("too many decryptions wait for a thread");
  pool.close();
  expect(new Set(await Promise.all(decrypted))).toEqual(new Set(["closed"]));
});
