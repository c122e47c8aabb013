import { afterAll, describe, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { utf8 } from "../../src/bytes.ts";
import {
  createDecryptionThreads,
  type DecryptionThreads,
  KeyRing,
  type Problem,
  reseal,
  type SealedSecret,
  SealwrightError,
  sealValue,
  type UnsealingKey,
  unseal,
} from "../../src/index.ts";
import { MAX_FAILED_TRIALS } from "../../src/limits.ts";
import { openItems } from "../../src/open-items.ts";
import { problemOf } from "../problems.ts";
import { itemsOf, testKey, testRing } from "../test-keys.ts";

const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;
const ring = await testRing("rsa-2048", "other-rsa-2048");
const threads = createDecryptionThreads({ threads: 2 });
afterAll(() => threads.close());

const count = (length: number) => Array.from({ length }, (_, index) => `item-${index}`);

describe("with threads", () => {
  test("unseal opens the same items, in the same order", async () => {
    const sealed = await sealedWith(count(40));
    const [plain, threaded] = [await unseal(sealed, ring), await unseal(sealed, ring, { threads })];
    expect([...itemsOf(threaded.secret.data)]).toEqual([...itemsOf(plain.secret.data)]);
    expect(threaded.keys).toEqual(plain.keys);
  });

  test("many objects open at the same time", async () => {
    const sealed = await sealedWith(count(3));
    const opened = await Promise.all(count(20).map(() => unseal(sealed, ring, { threads })));
    expect(new Set(opened.map(({ secret }) => secret.data.size))).toEqual(new Set([3]));
  });

  test("spec.data opens", async () => {
    const { keys } = await unseal(await deprecated(), ring, { threads, acceptDeprecatedData: true });
    expect(keys.size).toBe(1);
  });

  test("reseal moves every item", async () => {
    const other = await testKey("other-rsa-2048");
    const double = threadsDouble(cryptography.decryptOaep);
    const options = { threads: double, certificate: other.certificate };
    const { sealedSecret } = await reseal(
      await sealedWith(count(12)),
      new KeyRing([await testKey("rsa-2048")]),
      options,
    );
    expect(double.trials).toBe(12);
    const { keys } = await unseal(sealedSecret, new KeyRing([other]), { threads });
    expect(keys).toEqual(new Set([other.fingerprint]));
  });

  test("reseal moves spec.data", async () => {
    const double = threadsDouble(cryptography.decryptOaep);
    const options = { threads: double, force: true, acceptDeprecatedData: true };
    const { items } = await reseal(await deprecated(), new KeyRing([await testKey("rsa-2048")]), options);
    expect([items.size, double.trials]).toEqual([1, 1]);
  });

  test.each([
    ["every seventh item", (place: number) => place % 7 === 3, [3, 10, 17, 24, 31]],
    ["every item but the first", (place: number) => place > 0, [1, 2, 3, 4, 5]],
  ])("an object of which %s is broken fails as it does without", async (_, isBroken, first) => {
    const sealed = await sealedWith(count(60));
    const broken = Object.entries(sealed.spec.encryptedData).map(([item, text], place) => {
      return [item, isBroken(place) ? `${text.slice(0, -8)}AAAAAAA=` : text] as const;
    });
    const object = { ...sealed, spec: { encryptedData: Object.fromEntries(broken) } };
    for (const options of [{}, { threads }, { threads: threadsDouble(cryptography.decryptOaep) }]) {
      const problem = await problemOf(() => unseal(object, ring, options));
      expect(failures(problem)).toEqual(first.map((place) => [`item-${place}`, "no_key_opens"]));
    }
  });
});

describe("however many decrypt at the same time", () => {
  test("the first item that opens settles the key before the others are tried", async () => {
    const double = threadsDouble(async (key, ...rest) => cryptography.decryptOaep(key, ...rest));
    await openItems(await sealedWith(count(30), "other-rsa-2048"), new KeyRing(ring.keys), { threads: double });
    expect(double.trials).toBeLessThanOrEqual(30 + 1);
    expect(double.most).toBe(8);
  });

  test("an object of which nothing opens is given up after five items with every key", async () => {
    const double = threadsDouble(async () => null);
    await problemOf(async () => unseal(await sealedWith(count(50)), ring, { threads: double }));
    expect([double.trials, double.most]).toEqual([5 * ring.keys.length, 1]);
  });

  test("failed attempts stay within their limit together", async () => {
    const [key] = ring.keys as [UnsealingKey];
    const many = new KeyRing(count(1_000).map((fingerprint) => ({ ...key, fingerprint })));
    // Each item opens, with nearly the last of the keys.
    const trials = new Map<number, number>();
    const double = threadsDouble(async (_key, [first = 0, second = 0]) => {
      const item = first * 256 + second;
      const trial = (trials.get(item) ?? 0) + 1;
      trials.set(item, trial);
      return trial === 900 ? new Uint8Array(32) : null;
    });
    vi.spyOn(cryptography, "decryptGcm").mockImplementation(async () => new Uint8Array());
    const sealed = await sealedWith(count(30));
    const problem = await problemOf(() => unseal(sealed, many, { threads: double }));
    vi.restoreAllMocks();
    expect(failures(problem).map(([, failure]) => failure)).toContain("not_tried");
    expect(double.failed).toBe(MAX_FAILED_TRIALS);
  });

  test("nothing that had opened is left where a thread ends", async () => {
    const values: Uint8Array[] = [];
    const { decryptGcm } = cryptography;
    vi.spyOn(cryptography, "decryptGcm").mockImplementation(async (...given) => {
      const value = await decryptGcm(...given);
      if (value !== null) values.push(value);
      return value;
    });
    let trial = 0;
    const double = threadsDouble(async (key, ...rest) => {
      trial += 1;
      if (trial === 12) throw new Error("a thread ended in the middle of a decryption");
      return cryptography.decryptOaep(key, ...rest);
    });
    const opening = unseal(await sealedWith(count(30)), new KeyRing([await testKey("rsa-2048")]), { threads: double });
    await expect(opening).rejects.toThrow("a thread ended in the middle of a decryption");
    vi.restoreAllMocks();
    expect(values.length).toBeGreaterThanOrEqual(11);
    expect(values.length).toBeLessThanOrEqual(11 + 7);
    expect(values.flatMap((value) => [...value]).every((byte) => byte === 0)).toBe(true);
  });
});

interface ThreadsDouble extends DecryptionThreads {
  readonly trials: number;
  readonly failed: number;
  /** How many were under way at the same time. */
  readonly most: number;
}

/** Eight at a time; counts. */
function threadsDouble(decryptOaep: DecryptionThreads["decryptOaep"]): ThreadsDouble {
  const counts = { trials: 0, failed: 0, most: 0 };
  let underWay = 0;
  return {
    parallel: 8,
    close: () => undefined,
    get trials() {
      return counts.trials;
    },
    get failed() {
      return counts.failed;
    },
    get most() {
      return counts.most;
    },
    async decryptOaep(...given) {
      counts.trials += 1;
      underWay += 1;
      counts.most = Math.max(counts.most, underWay);
      const sessionKey = await decryptOaep(...given).finally(() => {
        underWay -= 1;
      });
      if (sessionKey === null) counts.failed += 1;
      return sessionKey;
    },
  };
}

function failures(problem: Problem): readonly (readonly [string, string])[] {
  if (problem.code !== "undecryptable") throw new SealwrightError(problem);
  return [...problem.items];
}

async function certificate(name = "rsa-2048") {
  return (await testKey(name)).certificate;
}

async function deprecated(): Promise<SealedSecret> {
  const text = await sealValue(utf8('{"kind":"Secret","apiVersion":"v1","data":{}}'), BINDING, await certificate());
  return { ...(await sealedWith([])), spec: { encryptedData: {}, data: text } };
}

async function sealedWith(items: readonly string[], key = "rsa-2048"): Promise<SealedSecret> {
  const to = await certificate(key);
  const texts = items.map(async (item) => [item, await sealValue(utf8(`value of ${item}`), BINDING, to)] as const);
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name: BINDING.name, namespace: BINDING.namespace },
    spec: { encryptedData: Object.fromEntries(await Promise.all(texts)) },
  };
}
