import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { deployManifests } from "../programs/controller.ts";
import { base64 } from "./controller-world.ts";
import { heldShards, QUICK_LEASES, ReplicaWorld } from "./replica-world.ts";

const SHARDS = 4;
const ARGS = [...QUICK_LEASES, `--shards=${SHARDS}`];

describe.each(truestMaker())("shards on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ReplicaWorld;

  beforeAll(async () => {
    cluster = await startCluster();
    world = new ReplicaWorld(cluster);
    await Promise.all([
      world.start("pod-a", { args: ARGS, manifests: await manifestsFor(SHARDS) }),
      world.makeNamespace(),
    ]);
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
  });

  const shared = (...shares: readonly number[]) =>
    until(async () => (await world.shares()).join() === shares.join(), { what: `shares of ${shares.join()}` });
  const start = (podName: string) => world.start(podName, { args: ARGS, manifests: [] });
  const unsealedBy = (pod: string) =>
    world
      .replica(pod)
      .log()
      .match(/msg=Unsealed/g)?.length ?? 0;

  it("one replica takes them all", async () => {
    await shared(4);
  });

  it("each that comes is given its part", async () => {
    await start("pod-b");
    await shared(2, 2);
    await start("pod-c");
    await until(async () => (await world.shares()).toSorted().join() === "1,1,2", { what: "three parts" });
  });

  it("all of them work, each on its own", async () => {
    const names = Array.from({ length: 24 }, (_, index) => `part-${index}`);
    const certificate = await world.certificateOf(world.replica("pod-c").url);
    for (const name of names) await world.apply(await world.seal(certificate, name, { password: `value-of-${name}` }));
    for (const name of names) {
      await world.synced(name, "True");
      expect((await world.secret(name))?.data).toEqual({ password: base64(`value-of-${name}`) });
    }
    const counts = ["pod-a", "pod-b", "pod-c"].map(unsealedBy);
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count)).toBe(names.length);
  });

  it("what one leaves behind, others take: SIGTERM and SIGKILL, with all that it had not done", async () => {
    await world.replica("pod-b").stop();
    world.replica("pod-c").signal("SIGKILL");
    const all = async () => (await heldShards(world.replica("pod-a"))).length === SHARDS;
    await until(all, { what: "the last one to have all" });
    const secrets = await cluster.admin.expectOk("GET", world.secretsPath);
    for (const { metadata } of (secrets as { items: { metadata: { name: string } }[] }).items) {
      await cluster.admin.expectOk("DELETE", `${world.secretsPath}/${metadata.name}`);
    }
    for (let index = 0; index < 24; index += 1) {
      const made = async () => (await world.secret(`part-${index}`)) !== undefined;
      await until(made, { what: `part-${index} to be made again` });
    }
  });
});

/** What is shipped, for so many shards. */
async function manifestsFor(shards: number): Promise<readonly Manifest[]> {
  const names = Array.from({ length: shards }, (_, shard) => `sealed-secrets-key-${shard}-of-${shards}`);
  const manifests = JSON.stringify(await deployManifests());
  return JSON.parse(manifests.replace('["sealed-secrets-key-0-of-1"]', JSON.stringify(names))) as Manifest[];
}
