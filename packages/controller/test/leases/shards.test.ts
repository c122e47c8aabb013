import { describe, expect, test } from "vitest";
import { leaseNames, leasePrefixOf, type Selection, shardOf } from "../../src/leases/shards.ts";

const ALL: Selection = { keyPrefix: "sealed-secrets-key", namespaces: null, labelSelector: undefined };

describe("shards", () => {
  // SHA-256 of the key, its first 32 bits modulo the count: `printf shop/database | sha256sum`.
  test.each([
    ["shop/database", 1, 0],
    ["shop/database", 4, 0x4c78e227 % 4],
    ["shop/database", 7, 0x4c78e227 % 7],
  ])("%s of %i is %i in every version: two that differ would both work on it, or neither", (key, count, shard) => {
    expect(shardOf(key, count)).toBe(shard);
  });

  test("they are of much the same size", () => {
    const sizes = [0, 0, 0, 0, 0];
    for (let index = 0; index < 10_000; index += 1) {
      const shard = shardOf(`team-${index % 7}/app-${index}`, 5);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }
    for (const size of sizes) expect(size).toBeGreaterThan(1_800);
  });
});

describe("names of Leases", () => {
  test("tell the shard and their count", () => {
    expect(leaseNames("sealed-secrets-key", 1)).toEqual(["sealed-secrets-key-0-of-1"]);
    expect(leaseNames("x", 3)).toEqual(["x-0-of-3", "x-1-of-3", "x-2-of-3"]);
  });

  test("begin with the key prefix where all SealedSecrets are looked at", () => {
    expect(leasePrefixOf(ALL)).toBe("sealed-secrets-key");
    expect(leasePrefixOf({ ...ALL, keyPrefix: "k".repeat(245) })).toHaveLength(200);
  });

  test("differ for controllers of one namespace that look at different ones, whatever the order", () => {
    const selections: Selection[] = [
      ALL,
      { ...ALL, namespaces: ["a"] },
      { ...ALL, namespaces: ["a", "b"] },
      { ...ALL, labelSelector: "team=a" },
      { ...ALL, namespaces: ["a"], labelSelector: "team=a" },
    ];
    expect(new Set(selections.map(leasePrefixOf)).size).toBe(selections.length);
    expect(leasePrefixOf({ ...ALL, namespaces: ["b", "a"] })).toBe(leasePrefixOf({ ...ALL, namespaces: ["a", "b"] }));
    expect(leasePrefixOf({ ...ALL, namespaces: ["a"] })).toMatch(/^sealed-secrets-key-[0-9a-f]{8}$/);
  });
});
