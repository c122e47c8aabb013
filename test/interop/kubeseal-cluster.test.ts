import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { type GoController, startGoController } from "../peers/go-controller.ts";
import { type Given, type Left, runBoth } from "./kubeseal-pair.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubeseal", "goController"] as const;
const CIPHERTEXT = /A[A-Za-z0-9+/]{300,}={0,2}/g;

/** The modes of kubeseal that ask a controller: the Go project's program and ours, both of the Go controller on a real API server. */
describeWithPeers("kubeseal against a cluster, the Go project's and ours", PEERS, () => {
  let cluster: Cluster;
  let controller: GoController;
  let sealed: string;
  /** Without labels and annotations of the Secret's own, which the Go controller does not give back. */
  let bare: string;

  beforeAll(async () => {
    cluster = await startRealCluster();
    controller = await startGoController(cluster);
    sealed = (await both({ args: ["-f", "secrets.yaml", "-o", "yaml"] })).go.stdout;
    bare = (await both({ args: ["-o", "yaml"], stdin: SECRETS.replace(/, labels: .*}/, "}") })).go.stdout;
  });
  afterAll(async () => {
    await controller?.stop();
    await cluster?.stop();
  });

  const both = ({ files, ...given }: Given) =>
    runBoth({ kubeconfig: cluster.adminKubeconfig, ...given, files: { "secrets.yaml": SECRETS, ...files } });
  const text = ({ args, ...more }: { args: string } & Omit<Given, "args">) => both({ ...more, args: args.split(" ") });

  /** Whether the Go program, which asks the Go controller, says that these can be opened. */
  const opens = async (manifests: string) => (await both({ args: ["--validate"], stdin: manifests })).go.code === 0;
  const masked = (left: Left) => JSON.parse(JSON.stringify(left).replace(CIPHERTEXT, "…")) as Left;

  it("fetch the same certificate", async () => {
    const { go, ours } = await text({ args: "--fetch-cert" });
    expect(ours).toEqual(go);
    expect(ours.stdout).toBe(await (await fetch(`${controller.url}/v1/cert.pem`)).text());
  });

  it("seal alike to what the cluster serves, and the controller opens both", async () => {
    const { go, ours } = await text({ args: "-f secrets.yaml -w out.yaml" });
    expect(masked(ours)).toEqual(masked(go));
    expect(await opens(ours.files["out.yaml"] ?? "")).toBe(true);
  });

  it("seal one value that the controller opens in its place", async () => {
    const { ours } = await text({ args: "--raw --name one -n shop --from-file secrets.yaml" });
    const { spec, ...rest } = firstOf<{ spec: object }>(sealed);
    const one = { ...rest, spec: { ...spec, encryptedData: { a: ours.stdout } } };
    expect(await opens(JSON.stringify(one))).toBe(true);
    expect(await opens(JSON.stringify(one).replaceAll('"shop"', '"elsewhere"'))).toBe(false);
  });

  it("merge what the controller opens", async () => {
    const { go, ours } = await text({
      args: "--merge-into target.yaml -f more.yaml",
      files: { "target.yaml": sealed.split("---\n")[1] ?? "", "more.yaml": MORE },
    });
    expect(masked(ours)).toEqual(masked(go));
    expect(await opens(ours.files["target.yaml"] ?? "")).toBe(true);
  });

  it("validate alike: silence where all can be opened", async () => {
    const { go, ours } = await text({ args: "--validate -f sealed.yaml", files: { "sealed.yaml": sealed } });
    expect(ours).toEqual(go);
    expect(ours).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it("validate alike: the name of the one that cannot be", async () => {
    const renamed = sealed.replaceAll("name: one", "name: another");
    const { go, ours } = await text({ args: "--validate", stdin: renamed });
    expect(ours).toEqual(go);
    expect(ours).toMatchObject({ code: 1, stdout: "", stderr: "error: unable to decrypt sealed secret: another\n" });
  });

  it("validate alike where the controller says to come back later", async () => {
    const { go, ours } = await text({ args: "--validate", stdin: sealed.repeat(3) });
    expect(ours).toEqual(go);
    expect(ours.code).toBe(0);
  });

  it("differ over nothing to validate: that is no success", async () => {
    const { go, ours } = await text({ args: "--validate", stdin: "" });
    expect(go.code).toBe(0);
    expect(ours).toMatchObject({ code: 1, stdout: "", stderr: "error: stdin: there is no manifest in it\n" });
  });

  it.each([
    ["in place", "--re-encrypt -f sealed.yaml"],
    ["by the old name, into a file", "--rotate -f sealed.yaml -w out.json"],
  ])("re-encrypt alike: %s", async (_title, args) => {
    await controller.renewKey();
    const { go, ours } = await text({ args, files: { "sealed.yaml": bare } });
    // Where it is told that a flag is deprecated, the Go program says so on stdout.
    expect(masked(ours)).toEqual({ ...masked(go), stdout: "", stderr: ours.stderr });
    const result = ours.files["out.json"] ?? ours.files["sealed.yaml"] ?? "";
    expect(ciphertextsOf(result)).toHaveLength(3);
    expect(ciphertextsOf(result).filter((ciphertext) => bare.includes(ciphertext))).toEqual([]);
    expect(await opens(result)).toBe(true);
  });

  it("differ in re-encrypting a template, which the Go controller's answer has lost", async () => {
    const { spec, ...rest } = firstOf<{ spec: { template: { metadata: object } } }>(sealed);
    const metadata = { ...spec.template.metadata, labels: { made: "by hand" } };
    const template = { ...spec.template, metadata, data: { config: "user={{ .a }}" } };
    const rich = JSON.stringify({ ...rest, spec: { ...spec, template } });
    const { go, ours } = await text({ args: "--re-encrypt", stdin: rich });
    expect([go.code, ours.code]).toEqual([0, 0]);
    expect(JSON.parse(go.stdout)).not.toHaveProperty("spec.template.data");
    expect(JSON.parse(ours.stdout)).toHaveProperty("spec.template.data", template.data);
    expect(JSON.parse(ours.stdout)).toHaveProperty("spec.template.metadata.labels", { made: "by hand" });
    expect(await opens(ours.stdout)).toBe(true);
  });

  it("re-encrypt nothing of what the controller cannot open", async () => {
    const foreign = sealed.replaceAll("namespace: shop", "namespace: elsewhere");
    const { go, ours } = await text({ args: "--re-encrypt -f sealed.yaml", files: { "sealed.yaml": foreign } });
    expect([go.code, ours.code]).toEqual([1, 1]);
    expect(ours.files["sealed.yaml"]).toBe(foreign);
    expect(go.files["sealed.yaml"]).toBe(foreign);
  });

  it("say alike that there is no such controller", async () => {
    const { go, ours } = await text({ args: "--fetch-cert --controller-name none" });
    for (const left of [go, ours]) expect(left).toMatchObject({ code: 1, stdout: "", stderr: /^error: / });
  });
});

/** The first document of a text that is known to have one of that shape. */
function firstOf<T>(text: string): T {
  const [first] = readManifests(text);
  return first?.value as T;
}

function ciphertextsOf(text: string): readonly string[] {
  return text.match(CIPHERTEXT) ?? [];
}

const SECRETS = `apiVersion: v1
kind: Secret
metadata: {name: one, namespace: shop, labels: {app: shop}, annotations: {note: kept}}
type: Opaque
stringData: {a: "1", b: "2"}
---
apiVersion: v1
kind: Secret
metadata:
  name: two
  namespace: shop
  annotations: {sealedsecrets.bitnami.com/namespace-wide: "true"}
stringData: {c: "3"}
`;

const MORE = `apiVersion: v1
kind: Secret
metadata: {labels: {added: later}}
stringData: {more: "4"}
`;
