import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { startGoController } from "../peers/go-controller.ts";
import { runKubeseal } from "../peers/kubeseal.ts";
import { startController } from "../programs/controller.ts";
import { withKubeconfigFile } from "../programs/kubeconfig-file.ts";
import { runSealwright } from "../programs/sealwright.ts";
import { SCOPE_NAMES, sampleManifest } from "./sample-secret.ts";
import { expectSample, unsealedSecret } from "./unsealed.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubeseal", "goController"] as const;
const KEYS =
  "/api/v1/namespaces/kube-system/secrets?labelSelector=sealedsecrets.bitnami.com%2Fsealed-secrets-key%3Dactive";

/** One cluster that goes from our controller to the Go one and back, as a team would that tries us. */
describeWithPeers("a cluster that changes between the Go controller and ours", PEERS, () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startRealCluster();
    await applyManifests(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }]);
  });
  afterAll(() => cluster?.stop());

  const apply = async (text: string) => applyManifests(cluster, [JSON.parse(text) as Manifest]);
  const sealWithGo = async (name: string, ...args: string[]) => {
    const sealed = await runKubeseal(args, {
      kubeconfig: cluster.adminKubeconfig,
      stdin: sampleManifest("shop", name),
    });
    expect({ code: sealed.code, stderr: sealed.stderr }).toEqual({ code: 0, stderr: "" });
    return sealed.stdout;
  };
  const sealWithOurs = (name: string, ...args: string[]) =>
    withKubeconfigFile(cluster, async (file) => {
      const stdin = sampleManifest("shop", name);
      const sealed = await runSealwright(["seal", "--kubeconfig", file, "--output", "json", ...args], { stdin });
      expect({ code: sealed.code, stderr: sealed.stderr }).toEqual({ code: 0, stderr: "" });
      return sealed.stdout;
    });
  const keyCount = async () => ((await cluster.admin.expectOk("GET", KEYS)) as { items: unknown[] }).items.length;

  describe("under ours", () => {
    let controller: Awaited<ReturnType<typeof startController>>;
    beforeAll(async () => {
      controller = await startController(cluster);
    });
    afterAll(() => controller?.stop());

    it("hands its certificate to the Go kubeseal", async () => {
      const { code, stdout } = await runKubeseal(["--fetch-cert"], { kubeconfig: cluster.adminKubeconfig });
      expect(code).toBe(0);
      expect(stdout).toBe(await (await fetch(`${controller.url}/v1/cert.pem`)).text());
    });

    it.each(SCOPE_NAMES)("opens what the Go kubeseal sealed: %s", async (scope) => {
      await apply(await sealWithGo(`go-${scope}`, "--scope", scope));
      expectSample(await unsealedSecret(cluster, "shop", `go-${scope}`));
    });
  });

  describe("then under the Go controller, which finds our key", () => {
    let controller: Awaited<ReturnType<typeof startGoController>>;
    beforeAll(async () => {
      controller = await startGoController(cluster);
    });
    afterAll(() => controller?.stop());

    it("makes no key of its own", async () => {
      expect(await keyCount()).toBe(1);
    });

    it.each(SCOPE_NAMES)("opens what sealwright sealed: %s", async (scope) => {
      await apply(await sealWithOurs(`ours-${scope}`, "--scope", scope));
      expectSample(await unsealedSecret(cluster, "shop", `ours-${scope}`));
    });

    it("renews its key, for what comes next", async () => {
      await controller.renewKey();
      expect(await keyCount()).toBe(2);
    });
  });

  describe("and under ours again, which finds the key that the Go controller made", () => {
    let controller: Awaited<ReturnType<typeof startController>>;
    beforeAll(async () => {
      controller = await startController(cluster);
    });
    afterAll(() => controller?.stop());

    it("seals for the newest key and makes none", async () => {
      expect(await keyCount()).toBe(2);
      await apply(await sealWithGo("go-again"));
      expectSample(await unsealedSecret(cluster, "shop", "go-again"));
    });

    it("makes a Secret anew that was sealed to the key from before", async () => {
      const path = "/api/v1/namespaces/shop/secrets/ours-strict";
      await cluster.admin.expectOk("DELETE", path);
      expectSample(await unsealedSecret(cluster, "shop", "ours-strict"));
    });
  });
});
