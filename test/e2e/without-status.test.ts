import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { base64, ControllerWorld, metricsUrl } from "./controller-world.ts";

const FLAGS = [
  "--listen-metrics-addr=127.0.0.1:0",
  "--update-status=false",
  "--skip-recreate",
  "--metrics-omit-secret-labels",
  "--max-unseal-retries=1",
  "--kubeclient-qps=200",
  "-v=2",
];

/** A value that stands nowhere else. */
const valueIn = (name: string) => `plaintext in ${name}`;

describe.each(clusterMakers())("flags that take something away, on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;

  beforeAll(async () => {
    cluster = await startCluster();
    controller = await startController(cluster, { args: FLAGS });
    world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const sealed = async (name: string) =>
    world.seal(await world.certificateOf(controller.url), name, { password: valueIn(name) });
  const isMade = (name: string) => until(() => world.secret(name), { what: `${name} to be made` });

  it("makes the Secret and writes no status", async () => {
    await world.apply(await sealed("silent"));
    expect((await isMade("silent")).data).toEqual({ password: base64(valueIn("silent")) });
    await world.apply(await sealed("later"));
    await isMade("later");
    expect((await world.sealedSecret("silent")).status?.conditions).toBeUndefined();
  });

  it("does not make a deleted Secret anew", async () => {
    await world.apply(await sealed("lost"));
    await isMade("lost");
    await cluster.admin.expectOk("DELETE", `${world.secretsPath}/lost`);
    await world.apply(await sealed("next"));
    await isMade("next");
    expect(await world.secret("lost")).toBeUndefined();
  });

  it("names no SealedSecret in its metrics, and tells which flag has no effect", async () => {
    const text = await (await fetch(metricsUrl(controller.log()))).text();
    expect(text).toMatch(/^sealed_secrets_controller_unseal_requests_total \d+$/m);
    expect(text).not.toContain("condition_info");
    expect(text).not.toContain("silent");
    expect(controller.log()).toContain("--v is taken and has no effect");
  });

  it("and nothing of any value is seen outside of its Secret", async () => {
    expect(await world.leaks(controller)).toEqual([]);
  });
});
