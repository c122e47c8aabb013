import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyRing, type SealingKey } from "../src/index.ts";
import { testKey, testKeyAt } from "./test-keys.ts";

const NAMES = ["rsa-2048", "other-rsa-2048", "rsa-4096", "other-rsa-4096"] as const;
const keys = Object.freeze(await Promise.all(NAMES.map((name, index) => testKeyAt(name, 2020 + index))));
const newestFirst = keys.map(({ fingerprint }) => fingerprint).reverse();

describe("KeyRing", () => {
  test("holds its keys newest first, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...keys], { minLength: keys.length }), (shuffled) => {
        const ring = new KeyRing(shuffled);
        expect(ring.keys.map(({ fingerprint }) => fingerprint)).toEqual(newestFirst);
        expect(ring.newest?.fingerprint).toBe(newestFirst[0]);
      }),
    );
  });

  test("counts a key given twice once, at its later place in time", async () => {
    const again = await testKeyAt("rsa-2048", 2030);
    const [first] = newestFirst.slice(-1);
    for (const given of [
      [...keys, again],
      [again, ...keys],
    ]) {
      const ring = new KeyRing(given);
      expect(ring.keys).toHaveLength(keys.length);
      expect(ring.newest).toBe(again);
      expect(ring.get(first ?? "")).toBe(again);
    }
  });

  test("finds a key by its fingerprint", () => {
    const ring = new KeyRing(keys);
    for (const key of keys) expect(ring.get(key.fingerprint)).toBe(key);
    expect(ring.get("SHA256:of no key")).toBeNull();
    expect(ring.get("__proto__")).toBeNull();
  });

  test("makes a new ring of a change and leaves the old one as it was", async () => {
    const ring = new KeyRing(keys.slice(0, 1));
    const wider = ring.with(await testKey("rsa-4096"));
    expect([ring.keys.length, wider.keys.length]).toEqual([1, 2]);
  });

  test("seals to no key that is retired or has no certificate", async () => {
    const [oldest, older, newer, newest] = keys as readonly [SealingKey, SealingKey, SealingKey, SealingKey];
    const ring = new KeyRing([oldest, older, { ...newer, certificate: null }, { ...newest, retired: true }]);
    expect(ring.keys.map(({ fingerprint }) => fingerprint)).toEqual(newestFirst);
    expect(ring.newest).toBe(older);
    expect(new KeyRing([{ ...newest, retired: true }]).newest).toBeNull();
  });

  test("takes a key for retired that is so in one place, and keeps its certificate from another", async () => {
    const [key] = keys as readonly [SealingKey];
    for (const given of [
      [key, { ...key, retired: true, certificate: null, orderedBy: new Date(0) }],
      [
        { ...key, retired: true, certificate: null },
        { ...key, orderedBy: new Date(0) },
      ],
    ]) {
      for (const order of [given, given.toReversed()]) {
        expect(new KeyRing(order).keys).toEqual([{ ...key, retired: true }]);
      }
    }
  });

  test("seals with no key of after a time, unless there is no other; it opens with all of them", () => {
    const [oldest, older, newer, newest] = keys as readonly [SealingKey, SealingKey, SealingKey, SealingKey];
    const ring = new KeyRing(keys, { sealBefore: older.orderedBy });
    expect(ring.newest).toBe(older);
    expect(ring.keys.map(({ fingerprint }) => fingerprint)).toEqual(newestFirst);
    expect(ring.with(newest).newest).toBe(older);
    expect(new KeyRing([newer, newest], { sealBefore: oldest.orderedBy }).newest).toBe(newest);
  });

  test("may be empty", () => {
    expect(new KeyRing([]).newest).toBeNull();
  });

  test("leaves the list that it is made of in its order", () => {
    expect(() => new KeyRing(keys)).not.toThrow();
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual(newestFirst.toReversed());
  });
});
