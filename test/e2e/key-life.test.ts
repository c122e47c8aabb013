import { createSealingKey, readCertificate } from "@sealwright/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, deployManifests, startController } from "../programs/controller.ts";
import { base64, ControllerWorld, KEY_LABEL } from "./controller-world.ts";

const METRICS = ["--listen-metrics-addr", "127.0.0.1:0"];

/** Two days old, and so behind every key that the suite makes. */
async function oldKey() {
  const notBefore = new Date(Date.now() - 2 * 86_400_000);
  const notAfter = new Date(Date.now() + 86_400_000);
  return createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
}

describe.each(truestMaker())("the life of sealing keys on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  const running: Controller[] = [];

  const start = async (...args: string[]) => {
    const controller = await startController(cluster, { args: [...METRICS, ...args], manifests: [] });
    running.push(controller);
    return controller;
  };

  beforeAll(async () => {
    cluster = await startCluster();
    world = new ControllerWorld(cluster, "shop");
    await applyManifests(cluster, await deployManifests());
    await world.makeNamespace();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((controller) => controller.stop()));
  });
  afterAll(() => cluster?.stop());

  const storeKey = async (name: string, data: Readonly<Record<string, string>>, label = "active") => {
    const metadata = { name, namespace: "kube-system", labels: { [KEY_LABEL]: label } };
    await world.apply({ apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", data });
  };

  it("two replicas that start on an empty cluster make one key, and serve the same certificate", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect(await world.keySecrets()).toHaveLength(1);
    const certificates = [await world.certificateOf(first.url), await world.certificateOf(second.url)];
    expect(certificates[0]?.fingerprint).toBe(certificates[1]?.fingerprint);
  });

  it("a new key of one replica is served by the other, and a restart finds it again", async () => {
    const [first, second] = await Promise.all([start(), start()]);
    const before = (await world.certificateOf(first.url)).fingerprint;
    first.signal("SIGUSR1");
    const isNew = async () => {
      const { fingerprint } = await world.certificateOf(second.url);
      return fingerprint !== before && fingerprint;
    };
    const fingerprint = await until(isNew, { what: "the other replica to serve the new certificate" });
    const count = (await world.keySecrets()).length;
    await Promise.all(running.splice(0).map((controller) => controller.stop()));
    const third = await start();
    expect((await world.certificateOf(third.url)).fingerprint).toBe(fingerprint);
    expect(await world.keySecrets()).toHaveLength(count);
  });

  it("a failed SealedSecret is opened when its key arrives, and a retired key opens nothing any more", async () => {
    const { url } = await start();
    const pem = await oldKey();
    const sealed = await world.seal(await readCertificate(pem.certificate), "waiting", { password: "late" });
    await world.apply(sealed);
    await world.synced("waiting", "False");
    await storeKey("restored", { "tls.key": base64(pem.privateKey), "tls.crt": base64(pem.certificate) });
    const { fingerprint } = await readCertificate(pem.certificate);
    expect((await world.synced("waiting", "True")).sealedWith).toEqual([fingerprint]);
    expect((await world.certificateOf(url)).fingerprint).not.toBe(fingerprint);

    await world.patch(world.keyPath("restored"), { metadata: { labels: { [KEY_LABEL]: "compromised" } } });
    const verify = async () =>
      (await fetch(`${url}/v1/verify`, { method: "POST", body: JSON.stringify(sealed) })).status;
    await until(async () => (await verify()) === 409, { what: "the retired key to be dropped", intervalMs: 600 });
  });

  it("a damaged key is reported and passed over, and nothing is ever deleted", async () => {
    const controller = await start();
    await storeKey("damaged", { "tls.key": base64("no key"), "tls.crt": base64("no certificate") });
    await until(() => controller.log().includes("name=damaged"), { what: "the damaged key to be reported" });
    expect((await fetch(`${controller.url}/v1/cert.pem`)).status).toBe(200);
    expect((await world.keySecrets()).map(({ metadata }) => metadata.name)).toContain("damaged");
  });

  it("is renewed when it is of age, with the labels and annotations that are asked for", async () => {
    const before = (await world.keySecrets()).length;
    const asked = ["--privatekey-labels=team=platform", "--privatekey-annotations=backup=daily"];
    await start("--key-renew-period=1s", ...asked);
    const renewed = async () => (await world.keySecrets()).length > before;
    await until(renewed, { what: "a new key" });
    const made = (await world.keySecrets()).find(({ metadata }) => metadata.labels?.["team"] === "platform");
    expect(made?.metadata).toMatchObject({
      name: expect.stringMatching(/^sealed-secrets-key[a-z0-9]{5}$/),
      annotations: { backup: "daily" },
    });
  });

  it("is renewed at the start where it is from before the cutoff", async () => {
    const before = (await world.keySecrets()).length;
    const future = new Date(Date.now() + 3_600_000).toUTCString().replace("GMT", "+0000");
    await start("--key-renew-period=0", `--key-cutoff-time=${future}`);
    expect(await world.keySecrets()).toHaveLength(before + 1);
    await start("--key-renew-period=0", "--key-cutoff-time=Mon, 14 Oct 2024 21:45:30 +0200");
    expect(await world.keySecrets()).toHaveLength(before + 1);
  });
});
