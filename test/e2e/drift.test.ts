import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { base64, ControllerWorld, metricsUrl } from "./controller-world.ts";

const PLAINTEXT = "s3cret-of-the-drift-suite";

describe.each(clusterMakers())("drift on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;

  beforeAll(async () => {
    cluster = await startCluster();
    controller = await startController(cluster, { args: ["--listen-metrics-addr", "127.0.0.1:0"] });
    world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const made = async (name: string, template: object = {}) => {
    const sealed = await world.seal(await world.certificateOf(controller.url), name, {
      password: PLAINTEXT,
      user: "admin",
    });
    await world.apply({ ...sealed, spec: { ...sealed.spec, template: { ...sealed.spec.template, ...template } } });
    await world.synced(name, "True");
  };
  const right = { password: base64(PLAINTEXT), user: base64("admin") };
  const isRight = (name: string) =>
    until(async () => JSON.stringify((await world.secret(name))?.data) === JSON.stringify(right), {
      what: `${name} to be put right`,
    });

  it("puts a changed Secret right, and tells of the items but of no value", async () => {
    await made("changed");
    const theirs = base64("theirs-and-nobody-elses");
    await world.patch(`${world.secretsPath}/changed`, { data: { password: theirs, user: null, added: base64("x") } });
    await isRight("changed");
    const repaired = async () => (await world.events("changed")).find(({ reason }) => reason === "DriftRepaired");
    const { message } = await until(repaired, { what: "the event" });
    for (const item of ["password", "user", "added"]) expect(message).toContain(item);
    for (const value of [PLAINTEXT, base64(PLAINTEXT), theirs, "theirs-and"]) expect(message).not.toContain(value);
  });

  it("leaves alone what other tools note on it", async () => {
    await made("noted");
    await world.patch(`${world.secretsPath}/noted`, { metadata: { annotations: { "tool/seen": "today" } } });
    await made("noted-after");
    expect((await world.secret("noted"))?.metadata.annotations).toMatchObject({ "tool/seen": "today" });
  });

  it("says so where an immutable Secret was to change, and makes it anew when it is deleted", async () => {
    await made("immutable", { immutable: true });
    const other = await world.seal(await world.certificateOf(controller.url), "immutable", { password: "another" });
    await world.patch(`${world.sealedSecretsPath}/immutable`, {
      spec: { encryptedData: { ...other.spec.encryptedData, user: null } },
    });
    const { conditions = [] } = await world.synced("immutable", "False");
    expect(conditions.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ["Synced", "False", "Immutable"],
      ["Ready", "False", "Immutable"],
      ["Stalled", "True", "Immutable"],
    ]);
    expect((await world.secret("immutable"))?.data).toEqual(right);
    await cluster.admin.expectOk("DELETE", `${world.secretsPath}/immutable`);
    expect((await world.synced("immutable", "True")).conditions?.map(({ type }) => type)).toEqual(["Synced", "Ready"]);
    expect((await world.secret("immutable"))?.data).toEqual({ password: base64("another") });
  });

  it("says so where the type was to change", async () => {
    await made("typed");
    await world.patch(`${world.sealedSecretsPath}/typed`, { spec: { template: { type: "kubernetes.io/basic-auth" } } });
    const { conditions = [] } = await world.synced("typed", "False");
    expect(conditions[0]).toMatchObject({ reason: "TypeChange" });
    expect((await world.secret("typed"))?.data).toEqual(right);
  });

  it("opens nothing again for a label on the SealedSecret, nor for what it wrote itself", async () => {
    await made("quiet");
    const opened = async () => {
      const text = await (await fetch(metricsUrl(controller.log()))).text();
      return Number(/^sealwright_controller_unseal_duration_seconds_count (\d+)$/m.exec(text)?.[1]);
    };
    const before = await opened();
    await world.patch(`${world.sealedSecretsPath}/quiet`, { metadata: { labels: { team: "a" }, annotations: null } });
    await made("loud");
    expect(await opened()).toBe(before + 1);
  });

  it("and nothing of any value is seen outside of its Secret", async () => {
    expect(await world.leaks(controller)).toEqual([]);
  });
});
