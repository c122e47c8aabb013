import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { growthOf } from "./memory.ts";
import { seededRandom } from "./random.ts";
import { soak } from "./soak.ts";

const MEBIBYTE = 1024 * 1024;

/** The beginning of `npm run soak`, which is an hour. */
describe("minutes of churn", () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  it("lose nothing, show nothing and leave nothing in memory", { timeout: 120_000 }, async () => {
    const { growth, leaks, samples, exitCode } = await soak(cluster, { minutes: 2, seed: 7 });
    expect(samples).toHaveLength(2);
    expect(growth).toBeLessThan(4 * MEBIBYTE);
    expect(leaks).toEqual([]);
    expect(exitCode).toBe(0);
  });
});

it("a seed draws the same again, and another one something else", () => {
  const drawn = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  expect(drawn(1).every((number) => number >= 0 && number < 1)).toBe(true);
});

it("growth is from the first third to the last, whatever a single sample is", () => {
  const held = [10, 11, 90, 12, 12, 12, 20, 21, 22];
  expect(growthOf(held.map((bytes) => ({ held: bytes, resident: 0 })))).toBe(10);
});
