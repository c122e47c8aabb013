import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { SealedSecret } from "@sealwright/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import { type RealCluster, startRealCluster } from "../cluster/real/real-cluster.ts";
import { until } from "../cluster/until.ts";
import { requirePeers } from "../peers/binaries.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { type GoController, startGoController } from "../peers/go-controller.ts";
import { goProjectManifests } from "../peers/go-project-manifests.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { sourceOf } from "../programs/program.ts";
import { base64, ControllerWorld } from "./controller-world.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubectl", "goController"] as const;
const PAGE = await readFile(sourceOf("docs/operating.md"), "utf8");

/** A command of the page for operators, as it stands there. */
function command(beginning: string): string {
  const [, found] = new RegExp(`\`(${beginning.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}[^\`]*)\``).exec(PAGE) ?? [];
  if (found === undefined) throw new Error(`docs/operating.md has no command \`${beginning}...\``);
  return found;
}

/** Commands of the page for operators that stand together. */
function block(beginning: string): string {
  const blocks = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
  const found = blocks.find((text) => text.startsWith(beginning));
  if (found === undefined) throw new Error(`docs/operating.md has no block of commands that begins with ${beginning}`);
  return found;
}

/** The page for operators, from the Go controller to ours, through a disaster and back: each step as it is written there. */
describeWithPeers("docs/operating.md", PEERS, () => {
  let cluster: RealCluster;
  let world: ControllerWorld;
  let folder: string;
  let theirs: GoController | undefined;
  let ours: Controller | undefined;
  const applied: SealedSecret[] = [];

  beforeAll(async () => {
    cluster = await startRealCluster();
    world = new ControllerWorld(cluster, "shop");
    folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    await writeFile(join(folder, "kubeconfig"), cluster.adminKubeconfig, { mode: 0o600 });
    await symlink(sourceOf("deploy"), join(folder, "deploy"));
    theirs = await startGoController(cluster);
    await world.makeNamespace();
  });
  afterAll(async () => {
    await theirs?.stop();
    await ours?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const shell = async (script: string) => {
    const path = [dirname(requirePeers("kubectl").kubectl), process.env["PATH"]].join(delimiter);
    const env = { ...process.env, PATH: path, KUBECONFIG: join(folder, "kubeconfig"), HOME: folder };
    return (await promisify(execFile)("sh", ["-e", "-c", script], { cwd: folder, env })).stdout;
  };

  const becomes = (name: string) =>
    until(async () => (await world.secret(name))?.data?.["password"] === base64(`value of ${name}`), {
      what: `the Secret ${name}`,
    });

  const make = async (url: string, name: string) => {
    const sealed = await world.seal(await world.certificateOf(url), name, { password: `value of ${name}` });
    await world.apply(sealed);
    applied.push(sealed);
    await becomes(name);
  };

  const start = async () => {
    ours = await startController(cluster, { manifests: [] });
    return ours;
  };

  it("from the Go controller: applied over its manifests, ours has its key, opens its SealedSecrets and writes no Secret", async () => {
    await make(theirs?.url ?? "", "made-by-theirs");
    const before = await world.secret("made-by-theirs");
    const { fingerprint } = await world.certificateOf(theirs?.url ?? "");
    await theirs?.stop();
    await shell(command("kubectl apply --kustomize deploy"));
    const { url } = await start();
    expect((await world.certificateOf(url)).fingerprint).toBe(fingerprint);
    const told = async () => (await world.sealedSecret("made-by-theirs")).status?.sealedWith?.includes(fingerprint);
    await until(told, { what: "a status of ours" });
    expect((await world.secret("made-by-theirs"))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
    await make(url, "made-by-ours");
  });

  it("a new key by SIGUSR1, and the former one retired: what needs it says so, and brings no other down", async () => {
    const { url, signal } = ours ?? (await start());
    const before = await world.certificateOf(url);
    const [former] = (await world.keySecrets()).map(({ metadata }) => metadata.name);
    signal("SIGUSR1");
    const renewed = async () => (await world.certificateOf(url)).fingerprint !== before.fingerprint;
    await until(renewed, { what: "a new certificate" });
    await make(url, "under-the-new-key");
    for (const { metadata } of applied) await world.synced(metadata.name ?? "", "True");
    const { fingerprint } = await world.certificateOf(url);
    const needs = async (key: string) => shell(block("kubectl get sealedsecrets").replace("SHA256:...", `'${key}'`));
    expect(await needs(fingerprint)).toBe(`shop/under-the-new-key ["${fingerprint}"]\n`);
    expect((await needs(before.fingerprint)).trim().split("\n")).toHaveLength(2);
    await shell(`${command("kubectl get secret --namespace kube-system --selector")} > keys.yaml`);
    const retire = command("kubectl label --overwrite secret/NAME").replace("NAME", former ?? "");
    await shell(`${retire} --namespace kube-system`);
    await shell("kubectl delete secret made-by-ours --namespace shop");
    const { conditions = [] } = await world.synced("made-by-ours", "False");
    expect(conditions[0]?.reason).toBe("Undecryptable");
    await becomes("under-the-new-key");
  });

  it("disaster: without the CRD, the keys and all Secrets, a backup of the keys and the SealedSecrets bring everything back", async () => {
    await ours?.stop();
    await shell("kubectl delete --filename deploy/crd.yaml --wait");
    const gone = async () => (await world.secret("under-the-new-key")) === undefined;
    await until(gone, { what: "the garbage collector" });
    await shell("kubectl delete secret --namespace kube-system --all");
    await mkdir(join(folder, "sealed-secrets"));
    for (const sealed of applied) {
      await writeFile(join(folder, "sealed-secrets", `${sealed.metadata.name}.json`), JSON.stringify(sealed));
    }
    await shell(block("kubectl apply --filename deploy/crd.yaml"));
    await start();
    for (const { metadata } of applied) await becomes(metadata.name ?? "");
    for (const { metadata } of applied) await world.synced(metadata.name ?? "", "True");
  });

  it("and back: under its own manifests again, the Go controller has every key, and every Secret is what it was", async () => {
    const items = async () =>
      Promise.all(applied.map(async ({ metadata }) => (await world.secret(metadata.name ?? ""))?.data));
    const before = await items();
    await ours?.stop();
    await applyManifests(cluster, goProjectManifests());
    theirs = await startGoController(cluster, { manifests: [] });
    await make(theirs.url, "made-by-theirs-again");
    expect((await items()).slice(0, -1)).toEqual(before);
  });
});
