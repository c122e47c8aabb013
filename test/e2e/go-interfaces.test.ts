import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { until } from "../cluster/until.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { startGoController } from "../peers/go-controller.ts";
import { runKubeseal } from "../peers/kubeseal.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { ControllerWorld, metricsUrl } from "./controller-world.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubeseal", "goController"] as const;
const PREFIX = "sealed_secrets_controller_";

/** Name and labels, without values, of the samples that the Go project defines. */
function shapes(exposition: string): readonly string[] {
  const found = [...exposition.matchAll(new RegExp(`^(${PREFIX}\\w+)(?:\\{([^}]*)\\})? (\\S+)$`, "gm"))].map(
    ([, name, labels = ""]) => {
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).sort();
      return `${name}{${names.join()}}`;
    },
  );
  return [...new Set(found)].sort();
}

const types = (exposition: string) =>
  [...exposition.matchAll(new RegExp(`^# TYPE ${PREFIX}\\w+ \\w+$`, "gm"))].map(([line]) => line).sort();

/** One SealedSecret that opens and one that does not, and a call of each path. */
async function exercise(world: ControllerWorld, url: string, suffix: string): Promise<void> {
  const certificate = await world.certificateOf(url);
  const good = await world.seal(certificate, `good-${suffix}`, { password: "x" });
  const labels = { "app.kubernetes.io/instance": "blue" };
  await world.apply({ ...good, metadata: { ...good.metadata, labels } });
  const bad = await world.seal(certificate, "another-name", { password: "x" });
  await world.apply({ ...bad, metadata: { ...bad.metadata, name: `bad-${suffix}` } });
  await world.synced(`good-${suffix}`, "True");
  await world.synced(`bad-${suffix}`, "False");
  for (const path of ["/v1/verify", "/v1/rotate"]) {
    await (await fetch(url + path, { method: "POST", body: JSON.stringify(good) })).text();
  }
}

describeWithPeers("what the Go project's programs and dashboards ask of the controller", PEERS, () => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;
  let go: {
    readonly shapes: readonly string[];
    readonly types: readonly string[];
    readonly conditions: readonly string[];
  };

  const conditionsOf = (exposition: string, suffix: string) =>
    [...exposition.matchAll(new RegExp(`^${PREFIX}condition_info\\{.*name="\\w+-${suffix}".* -?1$`, "gm"))]
      .map(([line]) => line.replaceAll(`-${suffix}"`, '"'))
      .map((line) =>
        [...line.matchAll(/(\w+)="([^"]*)"|(-?1)$/g)]
          .map(([part]) => part)
          .sort()
          .join(" "),
      )
      .sort();

  beforeAll(async () => {
    cluster = await startRealCluster();
    world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
    const theirs = await startGoController(cluster);
    try {
      await exercise(world, theirs.url, "theirs");
      // It counts a condition after it has written it.
      const complete = async () => {
        const text = await (await fetch(`${theirs.metricsUrl}/metrics`)).text();
        return conditionsOf(text, "theirs").length === 2 && text;
      };
      const exposition = await until(complete, { what: "the Go metrics" });
      go = { shapes: shapes(exposition), types: types(exposition), conditions: conditionsOf(exposition, "theirs") };
    } finally {
      await theirs.stop();
    }
    controller = await startController(cluster, { args: ["--listen-metrics-addr", "127.0.0.1:0"] });
  }, 180_000);
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const metrics = async () => (await fetch(metricsUrl(controller.log()))).text();

  it("has every metric of the Go controller, with its type and its labels", async () => {
    await exercise(world, controller.url, "ours");
    const complete = async () => {
      const text = await metrics();
      return go.shapes.every((shape) => shapes(text).includes(shape)) && text;
    };
    const exposition = await until(complete, { what: `the metrics of Go: ${go.shapes.join(" ")}` });
    expect(go.shapes.length).toBeGreaterThan(6);
    expect(types(exposition)).toEqual(go.types);
    expect(conditionsOf(exposition, "ours")).toEqual(go.conditions);
    expect(exposition).not.toMatch(/condition="(Ready|Stalled)"/);
  });

  it("drops the metrics of a SealedSecret that is deleted", async () => {
    await cluster.admin.expectOk("DELETE", `${world.sealedSecretsPath}/good-ours`);
    await until(async () => !(await metrics()).includes("good-ours"), { what: "its metrics to go" });
  });

  describe("kubeseal, through the service proxy", () => {
    const sealed = async (name: string) =>
      JSON.stringify(await world.seal(await world.certificateOf(controller.url), name, { password: "x" }));
    const kubeseal = (args: readonly string[], stdin: string) =>
      runKubeseal(args, { kubeconfig: cluster.adminKubeconfig, stdin });

    it("--validate: can be opened, and cannot", async () => {
      expect(await kubeseal(["--validate"], await sealed("a"))).toMatchObject({ code: 0 });
      const renamed = (await sealed("a")).replace('"name":"a"', '"name":"b"');
      const refused = await kubeseal(["--validate"], renamed);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("unable to decrypt sealed secret");
    });

    it("--re-encrypt: the same object under the new key", async () => {
      const before = await sealed("moved");
      const { fingerprint } = await world.certificateOf(controller.url);
      controller.signal("SIGUSR1");
      const renewed = async () => (await world.certificateOf(controller.url)).fingerprint !== fingerprint;
      await until(renewed, { what: "a new certificate" });
      const { code, stdout, stderr } = await kubeseal(["--re-encrypt"], before);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const after = JSON.parse(stdout) as { spec: { encryptedData: { password: string } } };
      expect(after.spec.encryptedData.password).not.toBe(JSON.parse(before).spec.encryptedData.password);
      await world.apply(after);
      const { sealedWith } = await world.synced("moved", "True");
      expect(sealedWith).toEqual([(await world.certificateOf(controller.url)).fingerprint]);
    });
  });
});
