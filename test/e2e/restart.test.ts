import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { base64, ControllerWorld, KEY_LABEL, metricsUrl } from "./controller-world.ts";

const ARGS = ["--listen-metrics-addr=127.0.0.1:0", "--audit-log=-"];
const COUNT = 12;
/** A value that stands nowhere else. */
const valueIn = (name: string) => `plaintext in ${name}`;
const NAMES = Array.from({ length: COUNT }, (_, index) => `in-place-${index}`);

describe.each(truestMaker())("a restart on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;

  beforeAll(async () => {
    cluster = await startCluster();
    world = new ControllerWorld(cluster, "shop");
    controller = await startController(cluster, { args: ARGS });
    await world.makeNamespace();
    await Promise.all(NAMES.map((name, index) => apply(name, index === 0 ? DRAWING : {})));
    await Promise.all(NAMES.map((name) => world.synced(name, "True")));
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  /** What a template draws is something else each time that it is rendered. */
  const DRAWING = { data: { token: "{{ randAlphaNum 12 }}" } };
  const apply = async (name: string, template: object = {}, password = valueIn(name)) => {
    const certificate = await world.certificateOf(controller.url);
    const sealed = await world.seal(certificate, name, { user: "me", password });
    await world.apply({ ...sealed, spec: { ...sealed.spec, template: { ...sealed.spec.template, ...template } } });
  };
  const start = async () => {
    controller = await startController(cluster, { args: ARGS, manifests: [] });
  };
  /** Stops the controller, has something happen, and starts it again. */
  const restart = async (meanwhile: () => Promise<void> = async () => {}) => {
    await controller.stop();
    await meanwhile();
    await start();
  };
  const versions = async (names: readonly string[] = NAMES) =>
    Promise.all(
      names.map(async (name) => [
        (await world.sealedSecret(name)).metadata.resourceVersion,
        (await world.secret(name))?.metadata.resourceVersion,
      ]),
    );
  /** The sum of a metric's samples, of those whose labels contain a text. */
  const metric = async (name: string, labels = "") => {
    const text = await (await fetch(metricsUrl(controller.log()))).text();
    const samples = text.split("\n").filter((line) => line.startsWith(`sealwright_controller_${name}`));
    return samples
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  };
  const looked = (looks: number) =>
    until(async () => (await metric("reconciles_total")) >= looks, { what: `${looks} looks` });
  const writes = async () => {
    const counts = ["POST", "PUT", "PATCH", "DELETE"].map((method) =>
      metric("api_request_duration_seconds_count", `method="${method}"`),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  const isRight = (name: string, password = valueIn(name)) =>
    until(async () => (await world.secret(name))?.data?.["password"] === base64(password), {
      what: `${name} to be put right`,
    });

  it("opens, reads and writes nothing where all is as it was left", async () => {
    const before = await versions();
    await restart();
    await looked(COUNT);
    expect(await metric("record_uses_total", 'use="version"')).toBe(COUNT);
    expect(await metric("items_opened_total")).toBe(0);
    expect(await metric("unseal_duration_seconds_count")).toBe(0);
    expect(await writes()).toBe(0);
    expect(await versions()).toEqual(before);
  });

  it("puts a Secret right that was changed meanwhile, and opens no other", async () => {
    const [changed = "", ...others] = NAMES;
    const before = await versions(others);
    const token = (await world.secret(changed))?.data?.["token"];
    await restart(() => world.patch(`${world.secretsPath}/${changed}`, { data: { password: base64("theirs") } }));
    await isRight(changed);
    const repaired = async () => (await world.events(changed)).some(({ reason }) => reason === "DriftRepaired");
    await until(repaired, { what: "the event" });
    await looked(COUNT);
    expect(await metric("items_opened_total")).toBe(2);
    expect(await versions(others)).toEqual(before);
    expect((await world.secret(changed))?.data?.["token"]).not.toBe(token);
  });

  it("reads a Secret on which somebody noted something, opens it not, and writes nothing", async () => {
    const [, noted = ""] = NAMES;
    const metadata = { annotations: { "tool/seen": "today" } };
    await restart(() => world.patch(`${world.secretsPath}/${noted}`, { metadata }));
    await looked(COUNT);
    expect(await metric("record_uses_total", 'use="content"')).toBe(1);
    expect([await metric("items_opened_total"), await writes()]).toEqual([0, 0]);
  });

  it("is not deceived by an earlier status and the Secret that belonged to it", async () => {
    const name = "replayed";
    await apply(name, {}, "old");
    const { status: oldStatus } = { status: await world.synced(name, "True") };
    const oldData = (await world.secret(name))?.data;
    await apply(name, {}, "new");
    await isRight(name, "new");
    await until(async () => (await world.sealedSecret(name)).status?.observedGeneration === 2, { what: "the status" });
    await restart(async () => {
      const status = { ...oldStatus, observedGeneration: 2 };
      const { metadata } = await world.sealedSecret(name);
      const path = `${world.sealedSecretsPath}/${name}/status`;
      const object = await cluster.admin.expectOk("GET", path);
      expect(metadata.generation).toBe(2);
      await cluster.admin.expectOk("PUT", path, { body: { ...(object as object), status } });
      await world.patch(`${world.secretsPath}/${name}`, { data: oldData });
    });
    await isRight(name, "new");
  });

  it("finishes what a killed controller had begun", async () => {
    const names = Array.from({ length: 15 }, (_, index) => `begun-${index}`);
    const made = async () => (await Promise.all(names.map((name) => world.secret(name)))).filter(Boolean).length;
    await Promise.all(names.map((name) => apply(name)));
    await until(async () => (await made()) > 0, { what: "the first Secret", intervalMs: 1 });
    controller.signal("SIGKILL");
    await controller.stop();
    await start();
    await Promise.all(names.map((name) => world.synced(name, "True")));
    await Promise.all(names.map((name) => isRight(name)));
    const before = await versions(names);
    await restart();
    await looked(COUNT + names.length);
    expect([await metric("items_opened_total"), await writes()]).toEqual([0, 0]);
    expect(await versions(names)).toEqual(before);
  });

  it("opens of a changed SealedSecret what changed", async () => {
    const [, , changed = ""] = NAMES;
    const certificate = await world.certificateOf(controller.url);
    const { spec } = await world.seal(certificate, changed, { password: "another" });
    await restart(() => world.patch(`${world.sealedSecretsPath}/${changed}`, { spec }));
    await isRight(changed, "another");
    expect(await metric("items_opened_total")).toBe(1);
  });

  it("does no harm while another controller is still at work", async () => {
    const first = controller;
    await start();
    const names = Array.from({ length: 10 }, (_, index) => `shared-${index}`);
    await Promise.all(names.map((name) => apply(name)));
    await Promise.all(names.map((name) => world.synced(name, "True")));
    await Promise.all(names.map((name) => apply(name, {}, "second")));
    await Promise.all(names.map((name) => isRight(name, "second")));
    await Promise.all(names.map((name) => cluster.admin.expectOk("DELETE", `${world.secretsPath}/${name}`)));
    await Promise.all(names.map((name) => isRight(name, "second")));
    await Promise.all(names.map((name) => world.synced(name, "True")));
    expect(await first.stop()).toBe(0);
    for (const log of [first.log(), controller.log()]) expect(log).not.toMatch(/level=(WARN|ERROR)/);
    await restart();
    const all = (await cluster.admin.expectOk("GET", world.sealedSecretsPath)) as { items: readonly unknown[] };
    await looked(all.items.length);
    expect([await metric("items_opened_total"), await writes()]).toEqual([0, 0]);
  });

  it("takes no record for what a retired key opened", async () => {
    const [, , , needy = ""] = NAMES;
    const before = (await world.secret(needy))?.metadata.resourceVersion;
    await restart(async () => {
      const keys = await world.keySecrets();
      const labels = { [KEY_LABEL]: "compromised" };
      await Promise.all(
        keys.map(({ metadata }) => world.patch(world.keyPath(metadata.name), { metadata: { labels } })),
      );
    });
    const { conditions } = await until(
      async () => {
        const { status } = await world.sealedSecret(needy);
        return status?.conditions?.[0]?.status === "False" && status;
      },
      { what: "the status" },
    );
    expect(conditions?.[0]).toMatchObject({ reason: "Undecryptable" });
    expect((await world.secret(needy))?.metadata.resourceVersion).toBe(before);
  });

  it("and nothing of any value is seen outside of its Secret", async () => {
    expect(await world.leaks(controller)).toEqual([]);
  });
});
