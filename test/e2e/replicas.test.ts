import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { base64 } from "./controller-world.ts";
import { QUICK_LEASES, ReplicaWorld } from "./replica-world.ts";
import { WriteCount } from "./write-count.ts";

describe.each(clusterMakers())("replicas on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ReplicaWorld;

  beforeAll(async () => {
    cluster = await startCluster();
    world = new ReplicaWorld(cluster);
    await Promise.all([world.start("pod-a"), world.makeNamespace()]);
    await world.start("pod-b", { manifests: [] });
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
  });

  const both = () => [world.replica("pod-a"), world.replica("pod-b")];
  const put = async (name: string, value: string) => {
    const [any] = both();
    await world.apply(await world.seal(await world.certificateOf(any?.url ?? ""), name, { password: value }));
  };
  const becomes = (name: string, value: string) =>
    until(async () => (await world.secret(name))?.data?.["password"] === base64(value), {
      what: `${name} to be right`,
    });
  const restart = async (podName: string, args: readonly string[] = []) => {
    await world.replica(podName).stop();
    await world.start(podName, { manifests: [], args });
  };

  it("one of them works, all serve the same certificate, and there is one key", async () => {
    expect(await world.leader()).toBe("pod-a");
    const certificates = await Promise.all(both().map(({ url }) => world.certificateOf(url)));
    expect(new Set(certificates.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(await world.keySecrets()).toHaveLength(1);
    await put("login", "one");
    await world.synced("login", "True");
    const sealed = await cluster.admin.request("GET", `${world.sealedSecretsPath}/login`);
    for (const { url, log } of both()) {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      expect((await fetch(`${url}/v1/verify`, { method: "POST", body: sealed.text })).status).toBe(200);
      expect(log()).not.toMatch(/level=(WARN|ERROR)/);
    }
    expect(await world.shares()).toEqual([1, 0]);
    expect(world.replica("pod-b").log()).not.toContain('msg="Unsealed"');
  });

  it("SIGTERM hands over at once, without a wait for the end of the Lease", async () => {
    await world.replica("pod-a").stop();
    // The Lease would last for twelve seconds more.
    expect(await world.leader((holder) => holder === "pod-b", 5_000)).toBe("pod-b");
    expect((await world.lease())?.leaseTransitions).toBe(1);
    await world.start("pod-a", { manifests: [] });
    await put("login", "two");
    await becomes("login", "two");
  });

  it("SIGKILL hands over when the Lease has ended", async () => {
    await restart("pod-a", QUICK_LEASES);
    await restart("pod-b", QUICK_LEASES);
    const leader = await world.leader((holder) => holder === "pod-a");
    world.replica(leader).signal("SIGKILL");
    await put("login", "three").catch(() => {});
    expect(await world.leader((holder) => holder !== leader)).toBe("pod-b");
    await world.start("pod-a", { manifests: [], args: QUICK_LEASES });
    await put("login", "four");
    await becomes("login", "four");
  });

  it("one that is frozen for longer than its Lease does no harm when it goes on: no Secret is written once too often", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `frozen-${index}`);
    const leader = world.replica(await world.leader());
    // On a machine with much to do it may lose its Lease before it is frozen, and not once more after it.
    const said = leader.log().length;
    const count = WriteCount.begin(cluster, world.secretsPath);
    const planting = Promise.all(names.map((name) => put(name, `value-of-${name}`)));
    await until(() => world.secret("frozen-0").then((secret) => secret !== undefined), { what: "it to be at work" });
    leader.signal("SIGSTOP");
    await planting;
    for (const name of names) await becomes(name, `value-of-${name}`);
    leader.signal("SIGCONT");
    const stoodBack = () => /renewed in time|Holds a Lease no longer/.test(leader.log().slice(said));
    await until(stoodBack, { what: "it to see that it was away" });
    await put("frozen-0", "changed");
    await becomes("frozen-0", "changed");
    await put("marker", "marker");
    const counts = await count.end("marker");
    expect(names.map((name) => counts.get(name))).toEqual(names.map((name) => (name === "frozen-0" ? 2 : 1)));
  });

  it("a Lease that is taken from its holder by force is left alone; one that is deleted is made again", async () => {
    const leader = await world.leader();
    await world.patchLease({ holderIdentity: "a-stranger", leaseDurationSeconds: 3 });
    await world.leader((holder) => holder !== "a-stranger");
    expect(world.replica(leader).log()).toContain("Holds a Lease no longer");
    await world.deleteLease();
    await world.leader();
    await put("login", "five");
    await becomes("login", "five");
  });

  it("a signal for a new key to one of them reaches all", async () => {
    const [a, b] = both();
    const before = (await world.certificateOf(a?.url ?? "")).fingerprint;
    b?.signal("SIGUSR1");
    const renewed = async () => (await world.certificateOf(a?.url ?? "")).fingerprint !== before;
    await until(renewed, { what: "the other's new certificate" });
    expect(await world.keySecrets()).toHaveLength(2);
  });

  it("and nothing of any value was seen", async () => {
    for (const replica of both()) expect(await world.leaks(replica)).toEqual([]);
  });
});
