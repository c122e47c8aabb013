import type { SecretTemplate } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, deployManifests, startController } from "../programs/controller.ts";
import { base64, ControllerWorld } from "./controller-world.ts";

const CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/sealedsecrets.bitnami.com";
const KEEP = { metadata: { annotations: { "sealwright.dev/keep": "true" } } };
const RECREATE = { metadata: { annotations: { "sealwright.dev/recreate": "true" } } };

/** A value that stands nowhere else. */
const plaintextOf = (word: string) => `plaintext of ${word}`;

describe.each(clusterMakers())("Secrets that go or stay, on the %s API server", (maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;

  beforeAll(async () => {
    cluster = await startCluster();
    controller = await startController(cluster, { args: ["--deny-types=kubernetes.io/service-account-token"] });
    world = new ControllerWorld(cluster, "shop");
    await world.makeNamespace();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const apply = async (name: string, password: string, template: SecretTemplate = {}) => {
    const { spec, ...sealed } = await world.seal(await world.certificateOf(controller.url), name, {
      password: plaintextOf(password),
    });
    const metadata = { ...spec.template?.metadata, ...template.metadata };
    await world.apply({ ...sealed, spec: { ...spec, template: { ...spec.template, ...template, metadata } } });
  };
  const conditions = async (name: string) =>
    (await world.synced(name, "False")).conditions?.map(({ type, reason }) => [type, reason]);
  const isGone = (name: string) =>
    until(async () => (await world.secret(name)) === undefined, { what: `Secret ${name} to go` });

  it("makes an immutable Secret anew where its template says so, once the controller may delete", async () => {
    await apply("frozen", "one", { ...RECREATE, immutable: true });
    await world.synced("frozen", "True");
    const former = (await world.secret("frozen"))?.metadata.uid;
    await apply("frozen", "two", { ...RECREATE, immutable: true });
    if (maker === "real") {
      expect(await conditions("frozen")).toContainEqual(["Reconciling", "Forbidden"]);
      expect((await world.secret("frozen"))?.data).toEqual({ password: base64(plaintextOf("one")) });
    }
    await applyManifests(cluster, await deployManifests("delete-secrets"));
    await world.synced("frozen", "True");
    const secret = await world.secret("frozen");
    expect(secret?.data).toEqual({ password: base64(plaintextOf("two")) });
    expect(secret?.metadata.uid).not.toBe(former);
  });

  it("makes one of another type anew", async () => {
    await apply("typed", "one");
    await world.synced("typed", "True");
    await apply("typed", "one", { ...RECREATE, type: "example.com/token" });
    await until(async () => (await world.synced("typed", "True")) && (await world.secret("typed")), { what: "it" });
    expect(await world.secret("typed")).toMatchObject({ type: "example.com/token" });
  });

  it("makes no Secret that the policy refuses, and leaves the one that is there", async () => {
    await apply("token", "one", { type: "kubernetes.io/service-account-token" });
    expect(await conditions("token")).toContainEqual(["Stalled", "RefusedByPolicy"]);
    expect(await world.secret("token")).toBeUndefined();
  });

  it("keeps a Secret whose template says so; the next SealedSecret of the name takes it over", async () => {
    await apply("kept", "one", KEEP);
    await apply("gone", "one");
    for (const name of ["kept", "gone"]) await world.synced(name, "True");
    for (const name of ["kept", "gone"]) await cluster.admin.expectOk("DELETE", `${world.sealedSecretsPath}/${name}`);
    await isGone("gone");
    expect((await world.secret("kept"))?.data).toEqual({ password: base64(plaintextOf("one")) });
    await apply("kept", "two", KEEP);
    await world.synced("kept", "True");
    expect((await world.secret("kept"))?.data).toEqual({ password: base64(plaintextOf("two")) });
  });

  // The last one: it takes the CRD away.
  it("keeps it when the CRD is deleted, and all others go", async () => {
    await apply("lost", "one");
    await world.synced("lost", "True");
    await cluster.admin.expectOk("DELETE", CRD);
    await isGone("lost");
    expect((await world.secret("kept"))?.data).toEqual({ password: base64(plaintextOf("two")) });
    // Until then it would be taken for one that is there, and go a moment later.
    await until(async () => (await cluster.admin.request("GET", CRD)).status === 404, { what: "the CRD to go" });
    await applyManifests(cluster, await deployManifests());
    const discovered = async () => (await cluster.admin.request("GET", "/apis/bitnami.com/v1alpha1")).status === 200;
    await until(discovered, { what: "the group to be back" });
    await apply("kept", "three", KEEP);
    await world.synced("kept", "True");
    expect((await world.secret("kept"))?.data).toEqual({ password: base64(plaintextOf("three")) });
  });

  it("and nothing of any value is seen outside of its Secret", async () => {
    expect(await world.leaks(controller)).toEqual([]);
  });
});
