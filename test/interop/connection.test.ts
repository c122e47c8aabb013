import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createSealingKey } from "@sealwright/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { applyManifests } from "../cluster/apply-manifests.ts";
import { AuditLog } from "../cluster/real/audit-log.ts";
import { type RealCluster, startRealCluster } from "../cluster/real/real-cluster.ts";
import { requirePeers } from "../peers/binaries.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { goProjectManifests } from "../peers/go-project-manifests.ts";
import { commandInPod, podsPossible } from "../peers/in-pod.ts";
import { sourceOf } from "../programs/program.ts";
import { ForwardingProxy, KNOWN_HOST, LOGIN } from "./forwarding-proxy.ts";
import { type Given, runAll, startBoth } from "./kubeseal-pair.ts";

const PEERS = ["etcd", "kubeApiserver", "kubeControllerManager", "kubeseal"] as const;

/** An administrator by the second of two groups. */
const AS_CAROL = "--as carol --as-group devs --as-group system:masters";

/** Every way of kubectl to say which cluster, and as whom: the Go project's kubeseal, ours and sealwright, at a real API server. */
describeWithPeers("the connection to a cluster", PEERS, () => {
  let audit: AuditLog;
  let cluster: RealCluster;
  let controller: Server;
  let proxy: ForwardingProxy;
  let strictProxy: ForwardingProxy;
  let access: Access;
  /** What the controller serves. */
  let certificate: string;

  beforeAll(async () => {
    audit = await AuditLog.make();
    cluster = await startRealCluster({ apiServerArgs: audit.args });
    const [notBefore, notAfter] = [new Date(), new Date(Date.now() + 3_600_000)];
    certificate = (await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter })).certificate;
    controller = createServer((_request, response) => void response.end(certificate));
    await new Promise<void>((resolve) => controller.listen(0, "127.0.0.1", resolve));
    const loopbackPort = (controller.address() as AddressInfo).port;
    await applyManifests(cluster, goProjectManifests());
    await cluster.exposeService({ namespace: "kube-system", name: "sealed-secrets-controller", loopbackPort });
    const subjects = [{ kind: "ServiceAccount", namespace: "shop", name: "developer" }];
    access = await accessTo(cluster);
    await cluster.admin.expectOk("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      body: {
        metadata: { name: "developer" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects,
      },
    });
    [proxy, strictProxy] = await Promise.all([ForwardingProxy.start(), ForwardingProxy.start({ login: true })]);
  });
  beforeEach(() => {
    for (const { passed } of [proxy, strictProxy]) passed.length = 0;
  });
  afterAll(async () => {
    await Promise.all([proxy?.stop(), strictProxy?.stop()]);
    await cluster?.stop();
    controller?.close();
    await audit?.remove();
  });

  const all = async (given: Omit<Given, "args"> & { readonly args: string }) => {
    const args = given.args.split(" ").filter((word) => word !== "");
    const context = { kubeconfig: cluster.adminKubeconfig, ...given };
    const {
      go,
      ours,
      sealwright: status,
    } = await runAll(context, {
      kubeseal: ["--fetch-cert", ...args],
      sealwright: ["status", "-A", "-o", "json", ...args],
    });
    return { go, ours, status };
  };

  async function mustReach(given: Parameters<typeof all>[0]): Promise<void> {
    const { go, ours, status } = await all(given);
    expect(go).toMatchObject({ code: 0, stdout: certificate, stderr: "" });
    expect(ours).toEqual(go);
    expect(status).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(status.stdout)).toMatchObject({ total: 0 });
  }

  it.each<[string, (access: Access) => Parameters<typeof all>[0]]>([
    [
      "files of a client certificate, all in flags",
      ({ server, files }) => ({
        args: `--server ${server} --certificate-authority ca.crt --client-certificate tls.crt --client-key tls.key`,
        kubeconfig: "",
        files,
      }),
    ],
    [
      "a token, and another name for the server",
      ({ server, files, token }) => ({
        args: `--server ${server} --certificate-authority ca.crt --tls-server-name localhost --token ${token}`,
        kubeconfig: "",
        files,
      }),
    ],
    [
      "a token without looking at the server's certificate",
      ({ server, token }) => ({
        args: `--server ${server} --insecure-skip-tls-verify --token ${token}`,
        kubeconfig: "",
      }),
    ],
    [
      "an exec plugin",
      ({ kubeconfigOf, files, token }) => ({
        args: "--kubeconfig config",
        files: { ...files, config: kubeconfigOf({ exec: pluginPrinting(token) }) },
      }),
    ],
    [
      "a file with a token",
      ({ kubeconfigOf, files }) => ({
        args: "--kubeconfig config",
        files: { ...files, config: kubeconfigOf({ tokenFile: "token" }) },
      }),
    ],
    [
      "another context than the current one",
      ({ kubeconfigOf, files, token }) => ({
        args: "--kubeconfig config --context other",
        files: { ...files, config: kubeconfigOf({ token }, { current: "elsewhere" }) },
      }),
    ],
    [
      "a context in the second of the files of KUBECONFIG",
      ({ kubeconfigOf, files, token }) => ({
        args: "--context other",
        files: { ...files, first: "", second: kubeconfigOf({ token }) },
        env: { KUBECONFIG: "missing:first:second" },
      }),
    ],
    ["somebody else of the administrators", () => ({ args: "--as carol --as-group system:masters" })],
    ["a user by name", () => ({ args: "--user sealwright --cluster sealwright" })],
  ])("is made with %s", async (_title, givenFor) => {
    await mustReach(givenFor(access));
  });

  it("is made by both kubeseals as the environment says", async () => {
    const env = { SEALED_SECRETS_SERVER: access.server, SEALED_SECRETS_TOKEN: access.token };
    const args = ["--fetch-cert", "--certificate-authority", "ca.crt"];
    const { go, ours } = await startBoth({ args, files: access.files, env });
    expect(ours).toEqual(go);
    expect(ours).toMatchObject({ code: 0, stdout: certificate });
  });

  it("acts as whom it is told to: user, groups and UID", async () => {
    const { ours, go, status } = await all({
      args: `${AS_CAROL} --as-uid 42`,
    });
    for (const left of [go, ours, status]) expect(left).toMatchObject({ code: 0, stderr: "" });
    const seen = (await audit.requestsOf("sealwright-admin")).flatMap(({ impersonatedUser }) => impersonatedUser ?? []);
    const carol = { username: "carol", uid: "42", groups: ["devs", "system:masters", "system:authenticated"] };
    const carols = seen.filter(({ uid }) => uid === "42");
    // Both kubeseals ask for the Service and the certificate; sealwright lists.
    expect(carols.length).toBeGreaterThanOrEqual(5);
    for (const each of carols) expect(each).toEqual(carol);
  });

  it.each([
    ["a user without rights", "--as system:anonymous"],
    ["a token that is none", "--token none --context none"],
    ["a server of another name", "--tls-server-name elsewhere.example"],
    ["an authority that did not sign", "--certificate-authority other.crt"],
    ["a context that there is not", "--context none"],
  ])("fails in a sentence with %s", async (_title, args) => {
    const { go, ours, status } = await all({ args, files: { "other.crt": "" } });
    expect(go.code).toBe(1);
    for (const left of [ours, status]) {
      expect(left.code).toBeGreaterThan(0);
      expect(left.stdout).toBe("");
      expect(left.stderr).toMatch(/^error: .+\n(hint: .+\n)?$/);
    }
  });

  it("expects the name that it is told to, whatever the URL says", async () => {
    const server = cluster.server.replace("127.0.0.1", "localhost");
    await mustReach({ args: `--server ${server}` });
    const { go, ours, status } = await all({ args: `--server ${server} --tls-server-name elsewhere.example` });
    expect(go.code).toBe(1);
    for (const left of [ours, status]) expect(left.stderr).toContain("its TLS certificate is not trusted");
  });

  it("says that credentials of a kind that is no more must be made anew", async () => {
    const config = access.kubeconfigOf({ "auth-provider": { name: "gcp", config: { "access-token": "hunter2" } } });
    const { go, ours, status } = await all({ args: "--kubeconfig config", files: { ...access.files, config } });
    expect(go.code).toBe(1);
    for (const left of [ours, status]) {
      expect(left).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^error: .*auth-provider gcp/) });
      expect(left.code).toBeGreaterThan(0);
      expect(left.stderr).not.toContain("hunter2");
    }
  });

  describe("through a proxy", () => {
    const target = () => new URL(cluster.server).host;

    it.each<[string, () => Parameters<typeof all>[0]]>([
      ["of a flag", () => ({ args: `${AS_CAROL} --proxy-url http://${proxy.http}` })],
      ["of a flag, with SOCKS", () => ({ args: `${AS_CAROL} --proxy-url socks5://${proxy.socks}` })],
      [
        "of the kubeconfig",
        () => ({
          args: "--kubeconfig config",
          files: {
            ...access.files,
            config: access.kubeconfigOf({ token: access.token }, { "proxy-url": `http://${proxy.http}` }),
          },
        }),
      ],
      [
        "of the kubeconfig, with SOCKS and a client certificate",
        () => ({
          args: "--kubeconfig config",
          files: {
            ...access.files,
            config: access.kubeconfigOf(
              { "client-certificate": "tls.crt", "client-key": "tls.key" },
              { "proxy-url": `socks5://${proxy.socks}` },
            ),
          },
        }),
      ],
    ])("%s", async (_title, given) => {
      await mustReach(given());
      expect(new Set(proxy.passed)).toEqual(new Set([target()]));
    });

    it.each([
      ["HTTPS_PROXY", (env: string) => ({ HTTPS_PROXY: env })],
      ["https_proxy", (env: string) => ({ https_proxy: env })],
    ])("of the environment: %s", async (_title, env) => {
      const { port } = new URL(cluster.server);
      const args = `--server https://${KNOWN_HOST}:${port} --tls-server-name localhost`;
      await mustReach({ args, env: env(`http://${proxy.http}`) });
      expect(new Set(proxy.passed)).toEqual(new Set([`${KNOWN_HOST}:${port}`]));
    });

    it.each([
      ["HTTP", () => strictProxy.http, "http"],
      ["SOCKS", () => strictProxy.socks, "socks5"],
    ])("that wants to know who asks: %s", async (_title, host, scheme) => {
      await mustReach({ args: `--proxy-url ${scheme}://${LOGIN.user}:${LOGIN.password}@${host()}` });
      expect(new Set(strictProxy.passed)).toEqual(new Set([target()]));
      const { ours, status } = await all({ args: `--proxy-url ${scheme}://${LOGIN.user}:hunter2@${host()}` });
      for (const left of [ours, status]) {
        expect(left.code).toBeGreaterThan(0);
        expect(left.stderr).toMatch(/^error: .+\n(hint: .+\n)?$/);
        expect(left.stderr).not.toContain("hunter2");
      }
    });

    it.each(["http", "socks5"])("looks at the server's certificate all the same: %s", async (scheme) => {
      const url = `${scheme}://${scheme === "http" ? proxy.http : proxy.socks}`;
      const { go, ours, status } = await all({ args: `--proxy-url ${url} --tls-server-name elsewhere.example` });
      for (const left of [go, ours, status]) expect(left).toMatchObject({ stdout: "", stderr: /^error: / });
      expect(ours.stderr).toContain("its TLS certificate is not trusted");
      await mustReach({ args: `--proxy-url ${url} --tls-server-name localhost` });
    });
  });

  it.skipIf(!podsPossible())("is a Pod's own where there is no kubeconfig", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sealwright-pod-"));
    const inPod = async (command: readonly string[]) => {
      const account = { namespace: "shop", name: "developer" };
      const { program, args, env } = await commandInPod(cluster, { account, folder, command });
      const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return { stdout, stderr };
    };
    const { kubeseal } = requirePeers("kubeseal");
    const ours = [process.execPath, sourceOf("packages/cli/src/kubeseal/bin.ts")];
    const sealwright = [process.execPath, sourceOf("packages/cli/src/bin.ts")];
    try {
      expect(await inPod([kubeseal, "--fetch-cert"])).toEqual({ stdout: certificate, stderr: "" });
      expect(await inPod([...ours, "--fetch-cert"])).toEqual({ stdout: certificate, stderr: "" });
      const status = await inPod([...sealwright, "status", "-o", "json"]);
      expect(JSON.parse(status.stdout)).toMatchObject({ total: 0 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

interface Access {
  readonly server: string;
  readonly token: string;
  /** `ca.crt`, the administrator's `tls.crt` and `tls.key`, and `token`. */
  readonly files: Readonly<Record<string, string>>;
  /** With one context, `other`; the current one is another where it is told. */
  kubeconfigOf(user: object, more?: { readonly current?: string; readonly "proxy-url"?: string }): string;
}

async function accessTo(cluster: RealCluster): Promise<Access> {
  const { users } = parse(cluster.adminKubeconfig) as {
    readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
  };
  const dataOf = (name: string) => Buffer.from(users[0]?.user[`${name}-data`] ?? "", "base64").toString();
  const token = await cluster.serviceAccountToken("shop", "developer");
  return {
    server: cluster.server,
    token,
    files: {
      "ca.crt": cluster.certificateAuthority,
      "tls.crt": dataOf("client-certificate"),
      "tls.key": dataOf("client-key"),
      token,
    },
    kubeconfigOf: (user, { current = "other", ...more } = {}) =>
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": current,
        clusters: [{ name: "c", cluster: { server: cluster.server, "certificate-authority": "ca.crt", ...more } }],
        users: [{ name: "u", user }],
        contexts: [
          { name: "other", context: { cluster: "c", user: "u" } },
          { name: "elsewhere", context: { cluster: "none", user: "none" } },
        ],
      }),
  };
}

/** An exec plugin of one line. */
function pluginPrinting(token: string): object {
  const apiVersion = "client.authentication.k8s.io/v1";
  const credential = JSON.stringify({ apiVersion, kind: "ExecCredential", status: { token } });
  return { apiVersion, command: "echo", args: [credential], interactiveMode: "Never" };
}
