import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { until } from "../cluster/until.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { goProjectManifests } from "../peers/go-project-manifests.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { base64, ControllerWorld } from "./controller-world.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager"] as const;
const METRICS = ["--listen-metrics-addr", "127.0.0.1:0"];

/** A value that stands nowhere else. */
const valueIn = (name: string) => `plaintext in ${name}`;

/** How people try ours first: their CRD, which has no place for our status fields, and their permissions. */
describeWithPeers("our controller under the Go project's CRD and RBAC", PEERS, () => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;
  const start = () => startController(cluster, { args: METRICS, manifests: [] });

  beforeAll(async () => {
    cluster = await startRealCluster();
    world = new ControllerWorld(cluster, "shop");
    controller = await startController(cluster, { args: METRICS, manifests: goProjectManifests() });
    await world.makeNamespace();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const apply = async (name: string) => {
    await world.apply(await world.seal(await world.certificateOf(controller.url), name, { password: valueIn(name) }));
    return world.synced(name, "True");
  };

  it("makes the Secret and the status, of which the API server leaves out what the CRD does not know", async () => {
    const status = await apply("login");
    expect(status).not.toHaveProperty("sealedWith");
    expect(status).not.toHaveProperty("record");
    expect(status.conditions?.map(({ type }) => type)).toEqual(["Synced", "Ready"]);
    expect((await world.secret("login"))?.data).toEqual({ password: base64(valueIn("login")) });
  });

  it("repairs, renews its key and serves it: nothing is forbidden but Leases, without which it works alone", async () => {
    await world.patch(`${world.secretsPath}/login`, { data: { password: base64("theirs") } });
    const repaired = async () => (await world.secret("login"))?.data?.["password"] === base64(valueIn("login"));
    await until(repaired, { what: "the Secret to be put right" });
    const before = (await world.certificateOf(controller.url)).fingerprint;
    controller.signal("SIGUSR1");
    const renewed = async () => (await world.certificateOf(controller.url)).fingerprint !== before;
    await until(renewed, { what: "a new certificate" });
    const complaints = controller.log().match(/.*(Forbidden|level=(WARN|ERROR)).*/g);
    expect(complaints).toEqual([expect.stringMatching(/WARN msg="Leases are forbidden.*leases.*Forbidden/)]);
  });

  it("writes neither Secret nor status again when it is started again", async () => {
    const versions = async () => [
      (await world.sealedSecret("login")).metadata.resourceVersion,
      (await world.secret("login"))?.metadata.resourceVersion,
    ];
    const before = await versions();
    await controller.stop();
    controller = await start();
    await apply("after-the-restart");
    expect(await versions()).toEqual(before);
  });

  it("and nothing of any value is seen outside of its Secret", async () => {
    expect(await world.leaks(controller)).toEqual([]);
  });
});
