import { request } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RealCluster, startRealCluster } from "../cluster/real/real-cluster.ts";
import { until } from "../cluster/until.ts";
import { describeWithPeers } from "./describe-with-peers.ts";
import { type GoController, startGoController } from "./go-controller.ts";
import { runKubeseal } from "./kubeseal.ts";

const SECRETS = "/api/v1/namespaces/kube-system/secrets";
const SEALED = "/apis/bitnami.com/v1alpha1/namespaces/kube-system/sealedsecrets";
const KEYS = `${SECRETS}?labelSelector=sealedsecrets.bitnami.com/sealed-secrets-key=active`;

interface Secret {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubeseal", "goController"] as const;

describeWithPeers("the Go controller on the real cluster", PEERS, () => {
  let cluster: RealCluster;
  let controller: GoController;

  beforeAll(async () => {
    cluster = await startRealCluster();
    controller = await startGoController(cluster, { args: ["--all-namespaces=false"] });
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const kubeseal = (args: readonly string[], stdin?: string) =>
    runKubeseal(args, { kubeconfig: cluster.adminKubeconfig, ...(stdin === undefined ? {} : { stdin }) });

  const keys = async () => ((await cluster.admin.expectOk("GET", KEYS)) as { items: Secret[] }).items;

  it("hands its certificate to the Go kubeseal through the service proxy", async () => {
    const { code, stdout, stderr } = await kubeseal(["--fetch-cert"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [key] = await keys();
    expect(stdout).toBe(decoded(key, "tls.crt"));
  });

  it("unseals what the Go kubeseal sealed", async () => {
    const plain = { apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace: "kube-system" } };
    const { stdout } = await kubeseal([], JSON.stringify({ ...plain, stringData: { password: "correct horse" } }));
    await cluster.admin.expectOk("POST", SEALED, { body: stdout });
    const secret = await until(async () => secretNamed("login"), { what: "the Secret" });
    expect(decoded(secret, "password")).toBe("correct horse");
  });

  it("has no right beyond those of its manifests", async () => {
    const access = await cluster.admin.expectOk("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      body: {
        spec: {
          user: "system:serviceaccount:kube-system:sealed-secrets-controller",
          resourceAttributes: { verb: "get", resource: "configmaps" },
        },
      },
    });
    expect(access).toMatchObject({ status: { allowed: false } });
  });

  it("serves a new key when it is asked to make one, and keeps the old one", async () => {
    const before = await fetched(`${controller.url}/v1/cert.pem`);
    await controller.renewKey();
    const after = await fetched(`${controller.url}/v1/cert.pem`);
    expect((await keys()).map((key) => decoded(key, "tls.crt")).sort()).toEqual([before, after].sort());
  });

  it("serves its metrics beside", async () => {
    expect(await fetched(`${controller.metricsUrl}/metrics`)).toContain("sealed_secrets_controller_build_info");
  });

  async function secretNamed(name: string): Promise<Secret | undefined> {
    const { status, json } = await cluster.admin.request("GET", `${SECRETS}/${name}`);
    return status === 200 ? (json() as Secret) : undefined;
  }
});

function decoded(secret: Secret | undefined, item: string): string {
  return Buffer.from(secret?.data[item] ?? "", "base64").toString();
}

async function fetched(url: string): Promise<string> {
  return (await request(url)).body.text();
}
