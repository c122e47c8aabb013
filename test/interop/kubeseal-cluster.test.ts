import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { startRealCluster } from "../cluster/real/real-cluster.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { type GoController, startGoController } from "../peers/go-controller.ts";
import { type Given, type Left, runBoth } from "./kubeseal-pair.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubeseal", "goController"] as const;
const CIPHERTEXT = /A[A-Za-z0-9+/]{600,}={0,2}/g;

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

  /** Every kind of credential, each taken from the administrator's kubeconfig or made for the test. */
  it.each<[string, (access: Access) => Omit<Given, "args"> & { readonly args: string }]>([
    [
      "files of a client certificate, all in flags",
      ({ server, files }) => ({
        args: `--fetch-cert --server ${server} --certificate-authority ca.crt --client-certificate tls.crt --client-key tls.key`,
        kubeconfig: "",
        files,
      }),
    ],
    [
      "a token, and another name for the server",
      ({ server, files, token }) => ({
        args: `--fetch-cert --server ${server} --certificate-authority ca.crt --tls-server-name localhost --token ${token}`,
        kubeconfig: "",
        files,
      }),
    ],
    [
      "a token without looking at the server's certificate",
      ({ server, token }) => ({
        args: `--fetch-cert --server ${server} --insecure-skip-tls-verify --token ${token}`,
        kubeconfig: "",
      }),
    ],
    [
      "a token in the environment",
      ({ server, files, token }) => ({
        args: "--fetch-cert --certificate-authority ca.crt",
        kubeconfig: "",
        files,
        env: { SEALED_SECRETS_SERVER: server, SEALED_SECRETS_TOKEN: token },
      }),
    ],
    [
      "an exec plugin",
      ({ kubeconfigOf, files }) => ({
        args: "--fetch-cert --kubeconfig config",
        files: { ...files, config: kubeconfigOf({ exec: EXEC }) },
      }),
    ],
    [
      "a file with a token",
      ({ kubeconfigOf, files }) => ({
        args: "--fetch-cert --kubeconfig config",
        files: { ...files, config: kubeconfigOf({ tokenFile: "token" }) },
      }),
    ],
    ["somebody else of the administrators", () => ({ args: "--fetch-cert --as carol --as-group system:masters" })],
    ["a user by name", () => ({ args: "--fetch-cert --user sealwright --cluster sealwright" })],
  ])("reach the cluster alike: %s", async (_title, givenFor) => {
    const { go, ours } = await text(givenFor(await access(cluster)));
    expect(ours).toEqual(go);
    expect(ours).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    ["a user without rights", "--fetch-cert --as system:anonymous"],
    ["a token that is none", "--fetch-cert --token none --context none"],
    ["a server of another name", "--fetch-cert --tls-server-name elsewhere.example"],
    ["an authority that did not sign", "--fetch-cert --certificate-authority secrets.yaml"],
  ])("are turned away alike: %s", async (_title, args) => {
    const { go, ours } = await text({ args });
    for (const left of [go, ours]) expect({ ...left, stderr: left.stderr.slice(0, 7) }).toMatchObject(REFUSED);
  });
});

const REFUSED = { code: 1, stdout: "", stderr: "error: " };

interface Access {
  readonly server: string;
  readonly token: string;
  /** `ca.crt`, the administrator's `tls.crt` and `tls.key`, and `token`. */
  readonly files: Readonly<Record<string, string>>;
  kubeconfigOf(user: object): string;
}

async function access(cluster: Cluster): Promise<Access> {
  const { users } = firstOf<{ users: readonly { readonly user: Readonly<Record<string, string>> }[] }>(
    cluster.adminKubeconfig,
  );
  const dataOf = (name: string) => Buffer.from(users[0]?.user[`${name}-data`] ?? "", "base64").toString();
  // The Go project's own rules let every account fetch the certificate.
  const token = await cluster.serviceAccountToken("shop", "developer");
  return {
    server: cluster.server,
    token,
    files: {
      "ca.crt": cluster.certificateAuthority,
      "tls.crt": dataOf("client-certificate"),
      "tls.key": dataOf("client-key"),
      token,
      "plugin.json": JSON.stringify({
        apiVersion: "client.authentication.k8s.io/v1",
        kind: "ExecCredential",
        status: { token },
      }),
    },
    kubeconfigOf: (user) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "c",
        clusters: [{ name: "c", cluster: { server: cluster.server, "certificate-authority": "ca.crt" } }],
        users: [{ name: "u", user }],
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      }),
  };
}

const EXEC = {
  apiVersion: "client.authentication.k8s.io/v1",
  command: "cat",
  args: ["plugin.json"],
  interactiveMode: "Never",
};

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
