import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { describeWithPeers } from "../../peers/describe-with-peers.ts";
import { goProjectManifests } from "../../peers/go-project-manifests.ts";
import { ApiClient } from "../api-client.ts";
import { applyManifests } from "../apply-manifests.ts";
import { until } from "../until.ts";
import { processAlive } from "./process-alive.ts";
import { type RealCluster, startRealCluster } from "./real-cluster.ts";

const CORE = "/api/v1/namespaces/default";

describeWithPeers("the real cluster", ["etcd", "kubeApiserver", "kubeControllerManager"], () => {
  let cluster: RealCluster;
  const servers: Server[] = [];

  beforeAll(async () => {
    cluster = await startRealCluster();
  });
  afterAll(() => cluster?.stop());
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const gone = (path: string) =>
    until(async () => (await cluster.admin.request("GET", path)).status === 404, {
      what: `${path} to be deleted`,
      timeoutMs: 20_000,
    });

  /** Serves what it was asked, with a name before it; gives the port. */
  async function echo(name: string): Promise<number> {
    const server = createServer(async (request, response) => {
      response.end(`${name} ${request.method} ${request.url} ${await text(request)}`);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  it("collects what the owner of is gone", async () => {
    const owner = await created(cluster.admin, `${CORE}/configmaps`, { metadata: { name: "owner" } });
    await created(cluster.admin, `${CORE}/configmaps`, ownedBy(owner, "owned"));
    await cluster.admin.expectOk("DELETE", `${CORE}/configmaps/owner`);
    await gone(`${CORE}/configmaps/owned`);
  });

  it("collects for an owner of a kind that was installed later", async () => {
    await applyManifests(cluster, goProjectManifests());
    const folder = "/apis/bitnami.com/v1alpha1/namespaces/default/sealedsecrets";
    const sealed = { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", spec: { encryptedData: {} } };
    const owner = await created(cluster.admin, folder, { ...sealed, metadata: { name: "sealed" } });
    await created(cluster.admin, `${CORE}/secrets`, ownedBy(owner, "unsealed"));
    await cluster.admin.expectOk("DELETE", `${folder}/sealed`);
    await gone(`${CORE}/secrets/unsealed`);
  });

  it("deletes a namespace with what is in it", async () => {
    await created(cluster.admin, "/api/v1/namespaces", { metadata: { name: "short-lived" } });
    await created(cluster.admin, "/api/v1/namespaces/short-lived/configmaps", { metadata: { name: "inhabitant" } });
    await cluster.admin.expectOk("DELETE", "/api/v1/namespaces/short-lived");
    await gone("/api/v1/namespaces/short-lived");
  });

  it("lets a ServiceAccount do what a binding allows, and nothing before", async () => {
    const token = await cluster.serviceAccountToken("team", "reader");
    const reader = new ApiClient({ ...cluster, token });
    const secrets = "/api/v1/namespaces/team/secrets";
    expect((await reader.request("GET", secrets)).status).toBe(403);
    await cluster.admin.expectOk("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/team/rolebindings", {
      body: {
        metadata: { name: "reader" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" },
        subjects: [{ kind: "ServiceAccount", name: "reader", namespace: "team" }],
      },
    });
    await until(async () => (await reader.request("GET", secrets)).status === 200, { what: "the binding to count" });
    await reader.close();
  });

  it("proxies to an exposed Service, and to its new place when it moves", async () => {
    const service = { namespace: "exposed", name: "echo" };
    const proxy = "/api/v1/namespaces/exposed/services/http:echo:/proxy";
    await cluster.exposeService({ ...service, loopbackPort: await echo("first") });
    const answer = await cluster.admin.request("POST", `${proxy}/v1/verify?a=b`, { body: "sealed" });
    expect(answer.text).toBe("first POST /v1/verify?a=b sealed");

    await cluster.exposeService({ ...service, loopbackPort: await echo("second") });
    expect((await cluster.admin.request("GET", `${proxy}/`)).text).toBe("second GET / ");
  });

  it("proxies to each of two Services, and through a port's name", async () => {
    await cluster.exposeService({ namespace: "exposed", name: "one", loopbackPort: await echo("one") });
    const two = { namespace: "exposed", name: "two", servicePort: 80, portName: "web" };
    await cluster.exposeService({ ...two, loopbackPort: await echo("two") });
    const services = "/api/v1/namespaces/exposed/services";
    expect((await cluster.admin.request("GET", `${services}/http:one:8080/proxy/`)).text).toBe("one GET / ");
    expect((await cluster.admin.request("GET", `${services}/http:two:web/proxy/`)).text).toBe("two GET / ");
  });

  it("keeps what it stores when its API server and etcd crash and come back", async () => {
    await created(cluster.admin, `${CORE}/configmaps`, { metadata: { name: "survivor" } });
    const { apiServer, etcd } = cluster.parts;
    await apiServer.stop();
    await etcd.stop();
    await expect(cluster.admin.request("GET", CORE)).rejects.toThrow();
    await etcd.start();
    await apiServer.start();
    expect((await cluster.admin.request("GET", `${CORE}/configmaps/survivor`)).status).toBe(200);
  });

  it("leaves no process behind when it stops", async () => {
    const other = await startRealCluster();
    const pids = Object.values(other.parts).map((part) => part.pid ?? 0);
    expect(pids.every(processAlive)).toBe(true);
    await other.stop();
    expect(pids.filter(processAlive)).toEqual([]);
    await other.stop();
  });
});

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string };
}

async function created(admin: ApiClient, collection: string, body: object): Promise<Owner> {
  return (await admin.expectOk("POST", collection, { body })) as Owner;
}

function ownedBy({ apiVersion, kind, metadata: { name, uid } }: Owner, owned: string): object {
  return { metadata: { name: owned, ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] } };
}
