import { randomBytes } from "node:crypto";
import type { Certificate } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { ControllerWorld, metricsUrl, type ObservedObject } from "../e2e/controller-world.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { HOSTILE_PLAINTEXT, hostileObjects } from "./hostile-objects.ts";

/** Some of each kind; `npm run soak -- --hostile 5000` has more of them. */
const HOSTILE = 120;
const GOOD = 12;
const MEBIBYTE = 1024 * 1024;
/** What it had without any of them, and a template's and a few large objects' share. */
const MOST_MEMORY = 512 * MEBIBYTE;

/** The strictest API server that this machine has the parts for. */
describe.each(truestMaker())("what a controller is given, on the %s API server", (_, startCluster) => {
  let cluster: Cluster;
  let controller: Controller;
  let shop: ControllerWorld;
  let den: ControllerWorld;
  let certificate: Certificate;

  beforeAll(async () => {
    cluster = await startCluster();
    const args = ["--listen-metrics-addr=127.0.0.1:0", "--audit-log=-"];
    controller = await startController(cluster, { args });
    [shop, den] = [new ControllerWorld(cluster, "shop"), new ControllerWorld(cluster, "den")];
    await Promise.all([shop.makeNamespace(), den.makeNamespace()]);
    certificate = await shop.certificateOf(controller.url);
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const metric = async (name: string) => {
    const text = await (await fetch(metricsUrl(controller.log()))).text();
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  };

  it("opens values of 1 MiB in all, and says so of a byte more", async () => {
    const [half, other] = ["a", "b"].map((letter) =>
      `plaintext of a large value: ${letter}`.padEnd(MEBIBYTE / 2, letter),
    );
    const sealed = await shop.seal(certificate, "large", { half: half ?? "", other: other ?? "" });
    await cluster.admin.expectOk("POST", shop.sealedSecretsPath, { body: sealed });
    const tooLarge = await shop.seal(certificate, "too-large", { half: half ?? "", other: other ?? "" });
    const spec = { ...tooLarge.spec, template: { ...tooLarge.spec.template, data: { more: "x" } } };
    await cluster.admin.expectOk("POST", shop.sealedSecretsPath, { body: { ...tooLarge, spec } });
    await shop.synced("large", "True");
    const values = Object.values((await shop.secret("large"))?.data ?? {}).map((value) => Buffer.from(value, "base64"));
    expect(values.map(({ length }) => length)).toEqual([MEBIBYTE / 2, MEBIBYTE / 2]);
    const { conditions } = await shop.synced("too-large", "False");
    expect(conditions?.[0]).toMatchObject({ reason: "SecretRefused" });
    expect(await shop.secret("too-large")).toBeUndefined();
  });

  it(`serves ${GOOD} good objects beside ${HOSTILE} hostile ones, and each of those has a status`, {
    timeout: 120_000,
  }, async () => {
    const hostile = await hostileObjects(HOSTILE, "den", certificate);
    const taken = await Promise.all(
      hostile.map((body) => cluster.admin.request("POST", den.sealedSecretsPath, { body })),
    );
    // Some the API server refuses already.
    expect(taken.filter(({ status }) => status === 201).length).toBeGreaterThan(HOSTILE / 2);
    const names = Array.from({ length: GOOD }, (_, index) => `good-${index}`);
    const good = names.map((name, index) => ({
      name,
      world: index % 4 === 0 ? den : shop,
      templated: index % 4 === 1,
    }));
    await Promise.all(
      good.map(async ({ name, world, templated }) => {
        const sealed = await world.seal(certificate, name, { password: `plaintext-${randomBytes(9).toString("hex")}` });
        const data = templated ? { url: "db://{{ .password }}" } : {};
        await world.apply({ ...sealed, spec: { ...sealed.spec, template: { ...sealed.spec.template, data } } });
      }),
    );
    await Promise.all(good.map(({ name, world }) => world.synced(name, "True")));
    const told = async () => {
      const { items } = (await cluster.admin.expectOk("GET", den.sealedSecretsPath)) as { items: ObservedObject[] };
      return items.every(({ status, metadata }) => status?.observedGeneration === metadata.generation);
    };
    await until(told, { what: "each hostile object to have a status", intervalMs: 250, timeoutMs: 100_000 });
  });

  it("and is none the worse for it: alive, no larger than before by much, and silent about every value", async () => {
    expect((await fetch(`${controller.url}/readyz`)).status).toBe(200);
    expect(await metric("process_resident_memory_bytes")).toBeLessThan(MOST_MEMORY);
    expect(await den.keySecrets()).toHaveLength(1);
    for (const world of [shop, den]) expect(await world.leaks(controller)).toEqual([]);
    const events = await cluster.admin.request("GET", "/api/v1/namespaces/den/events");
    const statuses = await cluster.admin.request("GET", den.sealedSecretsPath);
    for (const text of [controller.log(), events.text, statuses.text]) expect(text).not.toContain(HOSTILE_PLAINTEXT);
    expect(controller.log()).not.toContain("InternalError");
    expect(await controller.stop()).toBe(0);
  });
});
