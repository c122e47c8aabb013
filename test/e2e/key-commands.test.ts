import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { type Controller, deployManifests, startController } from "../programs/controller.ts";
import { leaksOf } from "../programs/leaks.ts";
import { runSealwright } from "../programs/sealwright.ts";
import { ControllerWorld, KEY_LABEL } from "./controller-world.ts";

const SETTINGS = ["--key-prefix", "sealed-secrets-key", "--key-size", "2048", "--key-ttl", "24h"];

/** A pair of age, of no use but for this. */
const RECIPIENT = "age1uu53vdv9j8d3gvk0gqkett6t4an399a5sqkzha7rkk2y9vxvsuxslsp64w";
const IDENTITY = "AGE-SECRET-KEY-13EHR3Q9JDYHERZLAMLJKWYNRS24XX8EN09H5JCLKG9JSY3J2E45S8Y5TYF";

interface KeyLine {
  readonly name: string;
  readonly state: string;
  readonly fingerprint: string;
  readonly dependants: number;
}

/** One story, step by step: a controller with a key and a SealedSecret, and somebody who looks after the keys. */
describe.each(truestMaker())("sealwright keys on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: ControllerWorld;
  let controller: Controller;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-keys-"));
    cluster = await startCluster();
    world = new ControllerWorld(cluster, "shop");
    await writeFile(join(folder, "config"), cluster.adminKubeconfig, { mode: 0o600 });
    await writeFile(join(folder, "identity"), `# made for a test\n${IDENTITY}\n`, { mode: 0o600 });
    await applyManifests(cluster, await deployManifests());
    await world.makeNamespace();
    controller = await startController(cluster, { args: ["--key-size", "2048"], manifests: [] });
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]) =>
    runSealwright(args, { cwd: folder, env: { KUBECONFIG: join(folder, "config"), NODE_NO_WARNINGS: "1" } });
  const list = async () => {
    const { code, stdout, stderr } = await run("keys", "list", "--output", "json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return (JSON.parse(stdout) as { readonly keys: readonly KeyLine[] }).keys;
  };
  const only = async () => {
    const [key, ...others] = await list();
    expect(others).toEqual([]);
    if (key === undefined) throw new Error("there is no key");
    return key;
  };

  it("lists the controller's key, and how many SealedSecrets need it", async () => {
    expect(await only()).toMatchObject({ state: "newest", dependants: 0 });
    await world.apply(
      await world.seal(await world.certificateOf(controller.url), "database", { password: "hunter2-hunter2" }),
    );
    await world.synced("database", "True");
    expect(await only()).toMatchObject({ state: "newest", dependants: 1 });
  });

  it("makes no key that it would have to guess, and one as the controller's where it is told", async () => {
    const guessed = await run("keys", "rotate");
    expect(guessed).toMatchObject({ code: 6, stdout: "" });
    expect(guessed.stderr).toMatch(/cannot be known: there is no Deployment .*\nhint: .*SIGUSR1/);
    const old = await only();
    const rotated = await run("keys", "rotate", ...SETTINGS);
    expect(rotated).toMatchObject({ code: 0, stderr: "" });
    const [, name = "", fingerprint] = /^kube-system\/(\S+) created {2}(\S+)\n$/.exec(rotated.stdout) ?? [];
    expect((await world.certificateOf(controller.url)).fingerprint).toBe(fingerprint);
    expect(await list()).toMatchObject([
      { name, fingerprint, state: "newest", dependants: 0 },
      { ...old, state: "active", dependants: 1 },
    ]);
    const [stored] = (await world.keySecrets()).filter(({ metadata }) => metadata.name === name);
    expect(stored).toMatchObject({ type: "kubernetes.io/tls", metadata: { generateName: "sealed-secrets-key" } });
    expect(stored?.metadata.labels).toEqual({ [KEY_LABEL]: "active" });
  });

  it("retires no key that is needed, or the newest, unless it is forced to", async () => {
    const [newest, old] = await list();
    const retire = (key: KeyLine | undefined, ...flags: string[]) => run("keys", "retire", key?.name ?? "", ...flags);
    expect(await retire(newest, "--yes")).toMatchObject({ code: 6, stdout: "" });
    expect(await retire(old, "--yes")).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/^error: 1 of the SealedSecrets may need/),
    });
    expect((await run("keys", "status")).stdout).toContain("    shop/database\n");
    expect(await run("keys", "retire", old?.fingerprint ?? "", "--yes", "--force")).toMatchObject({
      code: 0,
      stdout: `kube-system/${old?.name} retired\n`,
    });
    const labels = (await world.keySecrets()).map(({ metadata }) => metadata.labels?.[KEY_LABEL]);
    expect(labels.sort()).toEqual(["active", "compromised"]);
    await until(() => controller.log().includes("A sealing key is used no longer"), {
      what: "the controller to see it",
    });
  });

  it("backs all of them up, and brings back those that are gone, and no other", async () => {
    const before = await world.keySecrets();
    const backup = await run("keys", "backup", "--write", "keys.age", "--recipient", RECIPIENT);
    expect(backup).toEqual({ code: 0, stdout: "", stderr: "" });
    const text = await readFile(join(folder, "keys.age"), "utf8");
    expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect((await stat(join(folder, "keys.age"))).mode & 0o777).toBe(0o600);
    const secrets = before.flatMap(({ data }) => Object.values(data ?? {}));
    expect(leaksOf(secrets, new Map([["backup", text]]))).toEqual([]);

    const restore = (...flags: string[]) => run("keys", "restore", "keys.age", "--identity", "identity", ...flags);
    // Without its active key the controller would make another one at once.
    const [gone, kept] = before.toSorted((a) => (a.metadata.labels?.[KEY_LABEL] === "active" ? 1 : -1));
    await cluster.admin.expectOk("DELETE", world.keyPath(gone?.metadata.name ?? ""));
    expect((await restore("--dry-run")).stdout).toMatch(/to be created in kube-system/);
    expect(await world.keySecrets()).toHaveLength(1);
    expect(await restore("--yes")).toMatchObject({ code: 0, stdout: `kube-system/${gone?.metadata.name} created\n` });
    const after = await world.keySecrets();
    const essence = (keys: typeof after) =>
      keys.map(({ metadata: { name, labels }, data }) => ({ name, labels, data }));
    expect(essence(after)).toEqual(essence(before));
    expect((await list()).map(({ state }) => state)).toEqual(["newest", "retired"]);
    expect(after).toContainEqual(kept);
  });

  it("leaves a Secret alone that has the name of a key, and is none", async () => {
    const { name = "" } = (await list()).find(({ state }) => state === "retired") ?? {};
    await cluster.admin.expectOk("DELETE", world.keyPath(name));
    await world.apply({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "kube-system" } });
    const refused = await run("keys", "restore", "keys.age", "--identity", "identity", "--yes");
    expect(refused).toMatchObject({ code: 6, stdout: "" });
    expect(refused.stderr).toContain(`${name}: other Secrets in kube-system have these names`);
  });

  it("says what the API server does not allow", async () => {
    // The embedded API knows who asks, and allows everything.
    if (cluster.maker === "embedded") return;
    const { code, stdout, stderr } = await run("keys", "list", "--as", "nobody");
    expect({ code, stdout }).toEqual({ code: 6, stdout: "" });
    expect(stderr).toMatch(/^error: you may not list secrets in kube-system\nhint: /);
  });
});
