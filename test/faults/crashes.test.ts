import { afterAll, beforeAll, expect, it } from "vitest";
import { type RealCluster, startRealCluster } from "../cluster/real/real-cluster.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { FaultWorld } from "./fault-world.ts";

describeWithPeers("a cluster whose parts crash", ["etcd", "kubeApiserver", "kubeControllerManager"], () => {
  let cluster: RealCluster;
  let world: FaultWorld;

  beforeAll(async () => {
    cluster = await startRealCluster();
    world = await FaultWorld.start(cluster);
    await world.plant("there", "changed", "leaving");
    await world.converged();
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
  });

  it("API server: what is sealed meanwhile and afterwards becomes a Secret", async () => {
    const { apiServer } = cluster.parts;
    await apiServer.stop();
    const planted = world.plant("changed", "new-1");
    await apiServer.start();
    await planted;
    await world.remove("leaving");
    await world.converged();
  });

  it("API server, time and again within a moment", async () => {
    const { apiServer } = cluster.parts;
    for (const name of ["new-2", "new-3"]) {
      await apiServer.stop();
      await apiServer.start();
      await world.plant(name, "changed");
    }
    await world.converged();
  });

  it("etcd: the same", async () => {
    const { etcd } = cluster.parts;
    await etcd.stop();
    const planted = world.plant("changed", "new-4");
    await etcd.start();
    await planted;
    await world.converged();
  });

  it("the controller's own end is an orderly one, and nothing of any value was seen", async () => {
    expect(await world.leaks(world.controller)).toEqual([]);
    expect(await world.stop()).toBe(0);
  });
});
