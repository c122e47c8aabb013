import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SealedSecret } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, deployManifests, startController } from "../programs/controller.ts";
import { collect, sourceOf, startProgram } from "../programs/program.ts";
import { runSealwright } from "../programs/sealwright.ts";
import { ControllerWorld } from "./controller-world.ts";

interface Check {
  readonly name: string;
  readonly status: string;
  readonly mend: string | null;
}

describe.each(clusterMakers())("status, diff and doctor on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;
  let folder: string;
  let good: SealedSecret;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-status-"));
    cluster = await startCluster();
    world = new ControllerWorld(cluster, "shop");
    await writeFile(join(folder, "config"), cluster.adminKubeconfig, { mode: 0o600 });
    await applyManifests(cluster, await deployManifests());
    await world.makeNamespace();
    controller = await startController(cluster, { manifests: [] });
    good = await world.seal(await world.certificateOf(controller.url), "good", {
      user: "alice-alice",
      password: "hunter2-hunter2",
    });
    await world.apply(good);
    await world.synced("good", "True");
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const options = () => ({ cwd: folder, env: { KUBECONFIG: join(folder, "config") } });
  const run = (...args: string[]) => runSealwright(args, options());
  const write = (name: string, object: object) => writeFile(join(folder, name), JSON.stringify(object));
  const renamed = (name: string) => ({ ...good, metadata: { ...good.metadata, name } });

  it("status is silent about what is in sync, and fails for what is not, with the reason", async () => {
    expect(await run("status", "-n", "shop")).toEqual({
      code: 0,
      stdout: "1 SealedSecret in shop: 1 in sync\n",
      stderr: "",
    });
    await world.apply(renamed("moved"));
    await world.synced("moved", "False");
    const { code, stdout, stderr } = await run("status", "--all-namespaces");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "error: 1 of 2 SealedSecrets are not in sync\n" });
    expect(stdout).toMatch(
      /^NAMESPACE .*MESSAGE\nshop +moved +Undecryptable .*\n\n2 SealedSecrets in the cluster: 1 in sync, 1 failed\n$/,
    );
    const json = JSON.parse((await run("status", "-A", "-o", "json")).stdout) as object;
    expect(json).toMatchObject({ total: 2, synced: 1, sealedSecrets: [{ name: "moved", state: "failed" }] });
  });

  it("status --watch tells of every change until it is ended", async () => {
    const child = startProgram(sourceOf("packages/cli/src/bin.ts"), {
      ...options(),
      args: ["status", "--namespace", "shop", "--watch", "--output", "json"],
    });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const ended = new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
    const totals = () =>
      stdout()
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { total: number }).total);
    const says = (total: number) => until(() => totals().at(-1) === total, { what: `${total} to be told` });
    await says(2);
    await world.apply(renamed("more"));
    await says(3);
    await cluster.admin.expectOk("DELETE", `${world.sealedSecretsPath}/more`);
    await says(2);
    child.kill("SIGINT");
    expect(await ended).toBe("SIGINT");
    expect(stderr()).toBe("");
  });

  it("diff finds nothing between a file and what was applied of it", async () => {
    await write("same.json", good);
    expect(await run("diff", "same.json")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("diff names what is otherwise, and no value", async () => {
    const { user: _, ...kept } = good.spec.encryptedData;
    const sealed = await world.seal(await world.certificateOf(controller.url), "good", {
      password: "hunter3-hunter3",
      token: "hunter4-hunter4",
    });
    const metadata = { ...good.metadata, annotations: { "sealedsecrets.bitnami.com/cluster-wide": "true" } };
    const template = { ...good.spec.template, type: "example.com/other", data: { conf: "user=hunter5-hunter5" } };
    await write("other.json", {
      ...good,
      metadata,
      spec: { ...good.spec, template, encryptedData: { ...kept, ...sealed.spec.encryptedData } },
    });
    await write("new.json", renamed("new"));
    expect(await run("diff", "other.json", "same.json", "new.json")).toEqual({
      code: 1,
      stdout: [
        "shop/good (other.json)",
        "  ~ item password",
        "  + item token",
        "  - item user",
        "  ~ scope: strict in the cluster, cluster-wide in the file",
        "  + spec.template.data conf",
        "  + spec.template.type",
        "shop/new (new.json)",
        "  + the cluster does not have it",
        "",
      ].join("\n"),
      stderr: "error: 2 of 3 SealedSecrets are not as in the cluster\n",
    });
  });

  it("doctor finds nothing to mend in what is in order, and says what is not", async () => {
    const examine = async (...args: string[]) => {
      const { code, stdout } = await run("doctor", "--output", "json", ...args);
      return { code, checks: (JSON.parse(stdout) as { checks: readonly Check[] }).checks };
    };
    const all = await examine();
    expect(all.code).toBe(0);
    const states = all.checks.map(({ name, status }) => `${name} ${status}`);
    expect(states).toEqual([
      "kubeconfig ok",
      "API server ok",
      "CRD ok",
      "controller ok",
      "certificate ok",
      "versions ok",
      "rights ok",
      "keys ok",
      "SealedSecrets warn",
    ]);
    const elsewhere = await examine("--controller-name", "none");
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.checks.filter(({ status }) => status === "fail")).toMatchObject([{ name: "controller" }]);
    expect(elsewhere.checks.every(({ status, mend }) => status === "ok" || status === "skip" || mend !== null)).toBe(
      true,
    );
    if (cluster.maker === "embedded") return;
    const nobody = await examine("--as", "nobody");
    expect(nobody.code).toBe(0);
    expect(nobody.checks.filter(({ name }) => name === "rights")).toHaveLength(4);
    expect(nobody.checks.filter(({ status }) => status === "skip").map(({ name }) => name)).toEqual([
      "keys",
      "SealedSecrets",
    ]);
  });
});
