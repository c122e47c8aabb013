import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readCertificate } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ApiClient } from "../cluster/api-client.ts";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import { AuditLog } from "../cluster/real/audit-log.ts";
import { type RealCluster, startRealCluster } from "../cluster/real/real-cluster.ts";
import { until } from "../cluster/until.ts";
import { requirePeers } from "../peers/binaries.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { sourceOf } from "../programs/program.ts";
import { base64, ControllerWorld } from "./controller-world.ts";
import { grantedRights, refusals, usedRights } from "./used-rights.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubectl"] as const;
const NAME = "sealed-secrets-controller";
/** Without streamed lists, which are watches, so that lists are asked for as well: older API servers have nothing else. */
const NO_STREAMED_LISTS = "--feature-gates=WatchList=false";

const INSTALLS = [
  {
    title: "the cluster-wide install",
    manifests: () => kustomized(sourceOf("deploy")),
    own: "kube-system",
    watched: "shop",
    name: "login",
  },
  {
    title: "the sharded install",
    manifests: () => ownKustomization(),
    own: "kube-system",
    watched: "shop",
    name: "login-of-a-part",
  },
  {
    title: "the namespaced install",
    manifests: () => kustomized(sourceOf("deploy/namespaced")),
    own: "sealed-secrets",
    watched: "team-a",
    name: "login",
  },
  {
    title: "the namespaced install, sharded",
    manifests: () => ownKustomization("sealwright/deploy/namespaced"),
    own: "sealed-secrets",
    watched: "team-a",
    name: "login-of-a-part",
  },
];

describeWithPeers("least privilege", PEERS, () => {
  let audit: AuditLog;
  let cluster: RealCluster;

  beforeAll(async () => {
    audit = await AuditLog.make();
    cluster = await startRealCluster({ apiServerArgs: [...audit.args, NO_STREAMED_LISTS] });
  });
  afterAll(async () => {
    await cluster?.stop();
    await audit?.remove();
  });

  describe.each(INSTALLS)("$title", ({ manifests: install, own, watched, name }) => {
    let manifests: readonly Manifest[];
    let controller: Controller;
    /** Requests of an install before, as the same ServiceAccount. */
    let earlier = 0;
    const user = `system:serviceaccount:${own}:${NAME}`;

    beforeAll(async () => {
      manifests = await install();
      earlier = (await audit.requestsOf(user)).length;
      for (const namespace of [own, watched]) await new ControllerWorld(cluster, namespace).makeNamespace();
      controller = await startController(cluster, {
        manifests,
        user: { token: await cluster.serviceAccountToken(own, NAME) },
        args: [...containerOf(manifests).args, "--listen-metrics-addr=127.0.0.1:0"],
        env: { POD_NAMESPACE: own },
      });
    });
    afterAll(async () => {
      await controller?.stop();
    });

    it("is allowed all that it asks for, and asks for all that it is allowed", async () => {
      for (const namespace of [own, watched]) await liveIn(new ControllerWorld(cluster, namespace), controller, name);
      const world = new ControllerWorld(cluster, own);
      const { fingerprint } = await world.certificateOf(controller.url);
      controller.signal("SIGUSR1");
      const renewed = async () => (await world.certificateOf(controller.url)).fingerprint !== fingerprint;
      await until(renewed, { what: "a new certificate" });
      expect(await controller.stop()).toBe(0);

      expect(controller.log()).not.toMatch(/level=(WARN|ERROR)/);
      const requests = (await audit.requestsOf(user)).slice(earlier);
      expect(refusals(requests)).toEqual([]);
      const granted = grantedRights(manifests, `${own}:${NAME}`);
      expect([...usedRights(requests, granted)].toSorted()).toEqual([...granted].toSorted());
    });

    it("has as many replicas as parts of the work, or one at hand for the one that ends", () => {
      const { args } = containerOf(manifests);
      const shards = Number(args.find((arg) => arg.startsWith("--shards="))?.slice("--shards=".length) ?? 1);
      expect(deploymentOf(manifests).spec.replicas).toBe(Math.max(2, shards));
    });

    it("its Pods may run where only restricted ones may", async () => {
      const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "restricted", labels } };
      await applyManifests(cluster, [namespace]);
      const { template } = deploymentOf(manifests).spec;
      const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "one" }, spec: template.spec };
      await cluster.admin.expectOk("POST", "/api/v1/namespaces/restricted/pods?dryRun=All", { body });
    });
  });

  it("whoever the cluster knows may fetch the certificate and have a SealedSecret verified, through the API server", async () => {
    const controller = await startController(cluster);
    const client = new ApiClient({ ...cluster, token: await cluster.serviceAccountToken("default", "somebody") });
    try {
      const services = "/api/v1/namespaces/kube-system/services";
      expect((await client.request("GET", `${services}/${NAME}`)).status).toBe(200);
      expect((await client.request("GET", "/api/v1/namespaces/kube-system/secrets")).status).toBe(403);
      for (const service of [`http:${NAME}:`, NAME]) {
        const answer = await client.request("GET", `${services}/${service}/proxy/v1/cert.pem`);
        expect((await readCertificate(answer.text)).fingerprint).toMatch(/^SHA256:/);
        const verified = await client.request("POST", `${services}/${service}/proxy/v1/verify`, { body: "{}" });
        expect(verified.status).toBe(400);
      }
    } finally {
      await client.close();
      await controller.stop();
    }
  });
});

/** What happens to a SealedSecret: it is made, changed, and its Secret is changed by somebody else, twice. */
async function liveIn(world: ControllerWorld, { url }: Controller, name: string): Promise<void> {
  const certificate = await world.certificateOf(url);
  const becomes = (value: string) =>
    until(async () => (await world.secret(name))?.data?.["password"] === base64(value), {
      what: `${value} to be there`,
    });
  await world.apply(await world.seal(certificate, name, { password: "a-first-value" }));
  await world.synced(name, "True");
  await world.apply(await world.seal(certificate, name, { password: "a-second-value" }));
  await becomes("a-second-value");
  const drifts = async () => {
    const counts = (await world.events(name)).filter(({ reason }) => reason === "DriftRepaired");
    return counts.reduce((sum, { count }) => sum + count, 0);
  };
  for (const repairs of [1, 2]) {
    await world.synced(name, "True");
    await world.patch(`${world.secretsPath}/${name}`, { data: { password: base64("theirs") } });
    await until(async () => (await drifts()) === repairs, { what: `an event of repair ${repairs}` });
  }
}

interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: string[] }] } };
  };
}

function deploymentOf(manifests: readonly Manifest[]): Deployment {
  return manifests.find(({ kind }) => kind === "Deployment") as Deployment;
}

function containerOf(manifests: readonly Manifest[]): { readonly args: readonly string[] } {
  return deploymentOf(manifests).spec.template.spec.containers[0];
}

/** What `kubectl apply --kustomize` would apply. */
async function kustomized(folder: string): Promise<readonly Manifest[]> {
  const { kubectl } = requirePeers("kubectl");
  const { stdout } = await promisify(execFile)(kubectl, ["kustomize", folder]);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

/** What the kustomization of the page for operators would apply, over another install where the page says so. */
async function ownKustomization(install = "sealwright/deploy"): Promise<readonly Manifest[]> {
  const page = await readFile(sourceOf("docs/operating.md"), "utf8");
  const [, text = ""] = /```yaml\n(# kustomization\.yaml[\s\S]*?)```/.exec(page) ?? [];
  const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
  try {
    await writeFile(join(folder, "kustomization.yaml"), text.replace("- sealwright/deploy\n", `- ${install}\n`));
    await symlink(sourceOf("."), join(folder, "sealwright"));
    return await kustomized(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
