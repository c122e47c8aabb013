import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { base64 } from "./controller-world.ts";
import { QUICK_LEASES, ReplicaWorld } from "./replica-world.ts";
import { WriteCount } from "./write-count.ts";

const ROUNDS = ["first", "second", "third"];

/** What no Lease can rule out, for as long as it takes to look at it. */
describe.each(clusterMakers())(
  "two replicas that both work on everything, on the %s API server",
  (_maker, startCluster) => {
    let cluster: Cluster;
    let world: ReplicaWorld;

    beforeAll(async () => {
      cluster = await startCluster();
      world = new ReplicaWorld(cluster);
      await Promise.all([world.start("pod-a", { args: ["--leader-elect=false"] }), world.makeNamespace()]);
      await world.start("pod-b", { args: ["--leader-elect=false"], manifests: [] });
    });
    afterAll(async () => {
      await world?.stop();
      await cluster?.stop();
    });

    it("write each Secret and each status once for each change, and then no more", async () => {
      const names = Array.from({ length: 10 }, (_, index) => `shared-${index}`);
      const certificate = await world.certificateOf(world.replica("pod-a").url);
      const [secrets, sealedSecrets] = [world.secretsPath, world.sealedSecretsPath].map((path) =>
        WriteCount.begin(cluster, path),
      );
      const put = async (name: string, value: string) => {
        await world.apply(await world.seal(certificate, name, { password: value }));
        const isRight = async () => (await world.secret(name))?.data?.["password"] === base64(value);
        await until(isRight, { what: `${name} to be ${value}` });
        await world.synced(name, "True");
      };
      for (const round of ROUNDS) await Promise.all(names.map((name) => put(name, `${round}-${name}`)));
      await put("marker", "the-last-of-all");
      const secretWrites = await secrets?.end("marker");
      expect(names.map((name) => secretWrites?.get(name))).toEqual(names.map(() => ROUNDS.length));
      const sealedSecretWrites = await sealedSecrets?.end("marker");
      // The change itself, and its status.
      expect(names.map((name) => sealedSecretWrites?.get(name))).toEqual(names.map(() => 2 * ROUNDS.length));
      for (const pod of ["pod-a", "pod-b"]) {
        expect(world.replica(pod).log()).not.toMatch(/level=(WARN|ERROR)/);
        expect(await world.leaks(world.replica(pod))).toEqual([]);
      }
    });
  },
);

describe("replicas that the API server does not answer", () => {
  let cluster: Cluster;
  let world: ReplicaWorld;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    world = new ReplicaWorld(cluster);
    await Promise.all([world.start("pod-a", { args: QUICK_LEASES }), world.makeNamespace()]);
    await world.start("pod-b", { args: QUICK_LEASES, manifests: [] });
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
  });

  it("for longer than a Lease: none of them works, and one of them does when it answers again", async () => {
    expect(await world.shares()).toEqual([1, 0]);
    const heal = cluster.faults?.add({ path: /leases/, userAgent: /^sealwright/, fault: { kind: "drop" } });
    await until(async () => (await world.shares()).join() === "0,0", { what: "both to stand back" });
    const certificate = await world.certificateOf(world.replica("pod-a").url);
    await world.apply(await world.seal(certificate, "meanwhile", { password: "what-came-meanwhile" }));
    expect((await world.sealedSecret("meanwhile")).status?.observedGeneration).toBe(-1);
    heal?.();
    await world.synced("meanwhile", "True");
    expect((await world.shares()).toSorted()).toEqual([0, 1]);
  });
});
