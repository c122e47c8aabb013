import { createSealingKey, readCertificate } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { base64, ControllerWorld, KEY_LABEL, metricsUrl } from "./controller-world.ts";

/** What went wrong elsewhere and no other suite holds us to; docs/testing.md has the whole list. */
describe.each(clusterMakers())("lessons, on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let controller: Controller;
  let world: ControllerWorld;
  let own: ControllerWorld;

  beforeAll(async () => {
    cluster = await startCluster();
    const args = ["--listen-metrics-addr", "127.0.0.1:0"];
    controller = await startController(cluster, { args });
    world = new ControllerWorld(cluster, "shop");
    own = new ControllerWorld(cluster, "kube-system");
    await world.makeNamespace();
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const sealed = async (at: ControllerWorld, name: string) =>
    at.seal(await at.certificateOf(controller.url), name, { password: `plaintext of the lesson ${name}` });
  const keyItems = async () => {
    const [notBefore, notAfter] = [new Date(), new Date(Date.now() + 3_600_000)];
    const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
    return { pem, data: { "tls.key": base64(pem.privateKey), "tls.crt": base64(pem.certificate) } };
  };

  it.each([
    ["its label", "planted", { [KEY_LABEL]: "active" }],
    ["the name of very old keys", "sealed-secrets-key", {}],
  ])("a SealedSecret plants a sealing key, by %s", async (_, name, labels) => {
    const { fingerprint } = await world.certificateOf(controller.url);
    const object = await sealed(own, name);
    const { data } = await keyItems();
    const template = { metadata: { name, namespace: "kube-system", labels }, data };
    await own.apply({ ...object, spec: { ...object.spec, template } });
    const { conditions } = await own.synced(name, "False");
    expect(conditions?.[0]?.reason).toMatch(/^Forbidden(Label|Name)$/);
    expect(await own.secret(name)).toBeUndefined();
    expect((await world.certificateOf(controller.url)).fingerprint).toBe(fingerprint);
  });

  it("a key in somebody else's namespace is trusted", async () => {
    const { pem, data } = await keyItems();
    const metadata = { name: "theirs", namespace: "shop", labels: { [KEY_LABEL]: "active" } };
    await world.apply({ apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", data });
    const certificate = await readCertificate(pem.certificate);
    await world.apply(await world.seal(certificate, "to-theirs", { password: "plaintext of a stranger" }));
    const { conditions } = await world.synced("to-theirs", "False");
    expect(conditions?.[0]?.reason).toBe("Undecryptable");
    expect((await world.certificateOf(controller.url)).fingerprint).not.toBe(certificate.fingerprint);
  });

  it("a deployment tool's tracking marks are copied onto the Secret, which it then prunes", async () => {
    const object = await sealed(world, "tracked");
    const labels = { "app.kubernetes.io/instance": "shop", "argocd.argoproj.io/instance": "shop" };
    const annotations = { "argocd.argoproj.io/tracking-id": "shop:bitnami.com/SealedSecret:shop/tracked" };
    await world.apply({ ...object, metadata: { ...object.metadata, labels, annotations } });
    await world.synced("tracked", "True");
    const { metadata } = (await world.secret("tracked")) ?? {};
    expect([metadata?.labels ?? {}, metadata?.annotations ?? {}]).toEqual([{}, {}]);
  });

  it("a Secret whose owner somebody removed vanishes when the SealedSecret is made anew", async () => {
    const object = await sealed(world, "orphan");
    await world.apply(object);
    await world.synced("orphan", "True");
    const before = (await world.secret("orphan"))?.metadata.uid;
    await cluster.admin.expectOk("DELETE", `${world.sealedSecretsPath}/orphan?propagationPolicy=Orphan`);
    const alone = async () => {
      const { ownerReferences } = ((await world.secret("orphan"))?.metadata ?? {}) as { ownerReferences?: unknown };
      const { status } = await cluster.admin.request("GET", `${world.sealedSecretsPath}/orphan`);
      return ownerReferences === undefined && status === 404;
    };
    await until(alone, { what: "the Secret to have no owner, and the SealedSecret to be gone" });
    await world.apply(object);
    expect((await world.synced("orphan", "False")).conditions?.[0]?.reason).toBe("NotManaged");
    expect((await world.secret("orphan"))?.metadata.uid).toBe(before);
  });

  it("a status is written without end while an object stays broken", async () => {
    const object = await sealed(world, "broken");
    await world.apply({ ...object, spec: { ...object.spec, encryptedData: { password: "AAAA" } } });
    await world.synced("broken", "False");
    const before = (await world.sealedSecret("broken")).metadata.resourceVersion;
    const looks = async () =>
      Number(/^sealed_secrets_controller_unseal_requests_total (\d+)$/m.exec(await metrics())?.[1]);
    const looked = await looks();
    // Somebody else's note is no change, and another look would have nothing new to tell.
    for (const seen of ["once", "twice"]) {
      await world.patch(`${world.sealedSecretsPath}/broken`, { metadata: { annotations: { seen } } });
    }
    const after = (await world.sealedSecret("broken")).metadata.resourceVersion;
    await world.apply(await sealed(world, "another"));
    await world.synced("another", "True");
    expect(after).not.toBe(before);
    expect((await world.sealedSecret("broken")).metadata.resourceVersion).toBe(after);
    expect(await looks()).toBeLessThanOrEqual(looked + 4);
  });

  const metrics = async () => (await fetch(metricsUrl(controller.log()))).text();

  it("a metric lingers after its SealedSecret has gone", async () => {
    const sample = 'name="leaving"';
    await world.apply(await sealed(world, "leaving"));
    await world.synced("leaving", "True");
    await until(async () => (await metrics()).includes(sample), { what: "the metric" });
    await cluster.admin.expectOk("DELETE", `${world.sealedSecretsPath}/leaving`);
    await until(async () => !(await metrics()).includes(sample), { what: "the metric to go" });
  });

  it("the log holds a whole certificate, or a line for each write of its own, or a value", async () => {
    const log = controller.log();
    expect(log).not.toMatch(/BEGIN|suppressed/);
    expect(Math.max(...log.split("\n").map(({ length }) => length))).toBeLessThan(1_000);
    const about = log.split("\n").filter((line) => line.includes("name=tracked"));
    expect(about).toHaveLength(1);
    expect(await world.leaks(controller)).toEqual([]);
    expect(await own.leaks(controller)).toEqual([]);
  });
});
