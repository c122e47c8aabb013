import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { until } from "../cluster/until.ts";
import { base64, ControllerWorld } from "../e2e/controller-world.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { WriteGate } from "./write-gate.ts";

const VALUE = "plaintext-that-was-overtaken";

describe("somebody changes a Secret while its status is being written", () => {
  let cluster: Cluster;
  let gate: WriteGate;
  let controller: Controller;
  let world: ControllerWorld;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    gate = await WriteGate.before(cluster);
    controller = await startController({ ...cluster, ...gate.access });
    world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
  });
  afterAll(async () => {
    await controller?.stop();
    await gate?.close();
    await cluster?.stop();
  });

  it("it is put right, although the controller had heard of the change before the status was taken", async () => {
    const certificate = await world.certificateOf(controller.url);
    const plant = async (name: string) => world.apply(await world.seal(certificate, name, { password: VALUE }));
    const isRight = async (name: string) => (await world.secret(name))?.data?.["password"] === base64(VALUE);
    gate.judgeBy(({ about, path }) => (about === "shop/raced" && path.endsWith("/status") ? "hold" : "pass"));
    await Promise.all([plant("raced"), plant("after")]);
    await until(() => gate.stopped.length > 0, { what: "the status to be written" });
    await world.synced("after", "True");
    await world.patch(`${world.secretsPath}/raced`, { data: { password: base64("theirs") } });
    // What is made anew of the one shows that the controller has heard of the other.
    await cluster.admin.expectOk("DELETE", `${world.secretsPath}/after`);
    await until(() => isRight("after"), { what: "the deleted Secret to be made anew" });
    gate.open();
    await until(() => isRight("raced"), { what: "the Secret to be put right" });
    await world.synced("raced", "True");
    expect(await world.leaks(controller)).toEqual([]);
  });
});
