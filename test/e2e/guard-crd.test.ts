import { afterAll, beforeAll, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { until } from "../cluster/until.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { deployManifests } from "../programs/controller.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const CRD = `${CRDS}/sealedsecrets.bitnami.com`;

/** The embedded API server knows no admission policies. */
describeWithPeers("deploy/guard-crd.yaml", ["etcd", "kubeApiserver", "kubeControllerManager"], () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startRealCluster();
    await applyManifests(cluster, await deployManifests("guard-crd"));
  });
  afterAll(() => cluster?.stop());

  it("keeps the CRD from being deleted by mistake, alone or with all others, until it is annotated", async () => {
    const { admin } = cluster;
    // Dry runs until the policy holds, which is soon after it is there.
    const refused = () =>
      admin.request("DELETE", `${CRD}?dryRun=All`).then((answer) => answer.status === 422 && answer);
    const { text } = await until(refused, { what: "the policy to hold" });
    expect(text).toContain('sealwright.dev/allow-deletion: \\"true\\" first');
    expect((await admin.request("DELETE", CRD)).status).toBe(422);
    expect((await admin.request("DELETE", CRDS)).status).toBe(422);
    expect((await admin.request("GET", CRD)).json()).not.toHaveProperty("metadata.deletionTimestamp");
    await admin.expectOk("PATCH", CRD, {
      headers: { "content-type": "application/merge-patch+json" },
      body: { metadata: { annotations: { "sealwright.dev/allow-deletion": "true" } } },
    });
    await admin.expectOk("DELETE", CRD);
  });
});
