import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCertificate, readSecret, seal } from "@sealwright/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { Authority } from "../cluster/pki.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { type Controller, startController } from "../programs/controller.ts";

const PROXY = "/api/v1/namespaces/kube-system/services/https:sealed-secrets-controller:/proxy";

describeWithPeers("a controller that serves HTTPS", ["etcd", "kubeApiserver", "kubeControllerManager"], () => {
  let cluster: Cluster;
  let controller: Controller;
  let folder: string;

  beforeAll(async () => {
    const authority = await Authority.create();
    const { certificate, key } = await authority.issue({ commonName: "x", ipAddresses: ["127.0.0.1"] });
    folder = await mkdtemp(join(tmpdir(), "sealwright-https-"));
    const files = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
    await Promise.all([writeFile(files.cert, certificate), writeFile(files.key, key, { mode: 0o600 })]);
    cluster = await startRealCluster();
    const args = [`--tls-cert-file=${files.cert}`, `--tls-key-file=${files.key}`];
    controller = await startController(cluster, { args });
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is reached through the API server under https:NAME: and no longer under http:NAME:", async () => {
    expect(controller.url).toMatch(/^https:/);
    const { text } = await cluster.admin.request("GET", `${PROXY}/v1/cert.pem`);
    const certificate = await readCertificate(text);
    const metadata = { namespace: "shop", name: "database" };
    const secret = readSecret({ apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "x" } });
    const body = await seal(secret, { certificate });
    expect((await cluster.admin.request("POST", `${PROXY}/v1/verify`, { body })).status).toBe(200);
    const plain = await cluster.admin.request("GET", `${PROXY.replace("https:", "http:")}/v1/cert.pem`);
    expect(plain.status).not.toBe(200);
  });
});
