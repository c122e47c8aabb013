import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createSealingKey } from "@sealwright/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { applyManifests } from "../cluster/apply-manifests.ts";
import { Authority } from "../cluster/pki.ts";
import { AuditLog } from "../cluster/real/audit-log.ts";
import { type RealCluster, startRealCluster } from "../cluster/real/real-cluster.ts";
import { requirePeers } from "../peers/binaries.ts";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { goProjectManifests } from "../peers/go-project-manifests.ts";
import { commandInPod, podsPossible } from "../peers/in-pod.ts";
import { sourceOf } from "../programs/program.ts";
import { type Access, accessTo } from "./access.ts";
import { ForwardingProxy, KNOWN_HOST, LOGIN } from "./forwarding-proxy.ts";
import { type Given, runAll, startBoth } from "./kubeseal-pair.ts";
import { CLIENT, type ClientLogin, LoginIssuer } from "./login-issuer.ts";

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
  /** PEM of who signed the certificate of `strictProxy`. */
  let proxyAuthority: string;
  let issuer: LoginIssuer;
  let folder: string;
  let access: Access;
  /** What the controller serves. */
  let certificate: string;

  beforeAll(async () => {
    audit = await AuditLog.make();
    // The API server asks it for its keys when it starts.
    [issuer, folder] = await Promise.all([LoginIssuer.start(), mkdtemp(join(tmpdir(), "sealwright-connection-"))]);
    await writeFile(join(folder, "issuer.crt"), issuer.certificateAuthority);
    const trustsIssuer = [
      `--oidc-issuer-url=${issuer.url}`,
      `--oidc-ca-file=${join(folder, "issuer.crt")}`,
      `--oidc-client-id=${CLIENT.id}`,
      "--oidc-username-claim=sub",
      "--oidc-username-prefix=-",
    ];
    cluster = await startRealCluster({ apiServerArgs: [...audit.args, ...trustsIssuer] });
    const [notBefore, notAfter] = [new Date(), new Date(Date.now() + 3_600_000)];
    certificate = (await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter })).certificate;
    controller = createServer((_request, response) => void response.end(certificate));
    await new Promise<void>((resolve) => controller.listen(0, "127.0.0.1", resolve));
    const loopbackPort = (controller.address() as AddressInfo).port;
    await applyManifests(cluster, goProjectManifests());
    await cluster.exposeService({ namespace: "kube-system", name: "sealed-secrets-controller", loopbackPort });
    const subjects = [
      { kind: "ServiceAccount", namespace: "shop", name: "developer" },
      { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "alice" },
    ];
    access = await accessTo(cluster);
    await cluster.admin.expectOk("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      body: {
        metadata: { name: "developer" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects,
      },
    });
    const authority = await Authority.create("sealwright-test-proxy");
    proxyAuthority = authority.identity.certificate;
    const identity = await authority.issue({ commonName: "proxy", ipAddresses: ["127.0.0.1"] });
    [proxy, strictProxy] = await Promise.all([
      ForwardingProxy.start({ identity }),
      ForwardingProxy.start({ login: true, identity }),
    ]);
  });
  beforeEach(() => {
    for (const { passed } of [proxy, strictProxy]) passed.length = 0;
    issuer.used.length = 0;
    issuer.clientLogin = "header";
    issuer.refusal = null;
  });
  afterAll(async () => {
    await Promise.all([proxy?.stop(), strictProxy?.stop()]);
    await cluster?.stop();
    await issuer?.stop();
    controller?.close();
    await audit?.remove();
    await rm(folder, { recursive: true });
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

  describe("through a proxy that speaks TLS itself", () => {
    const target = () => new URL(cluster.server).host;
    /** Whom the kubeconfig trusts: those who signed for the API server, and for the proxy. */
    const both = () => ({ ...access.files, "ca.crt": `${access.files["ca.crt"]}${proxyAuthority}` });
    const withConfig = (files: Readonly<Record<string, string>>, host: string) => ({
      args: "--kubeconfig config",
      files: { ...files, config: access.kubeconfigOf({ token: access.token }, { "proxy-url": `https://${host}` }) },
    });

    it("of the kubeconfig", async () => {
      await mustReach(withConfig(both(), proxy.https));
      expect(new Set(proxy.passed)).toEqual(new Set([target()]));
    });

    it("of the environment", async () => {
      const { port } = new URL(cluster.server);
      const args = `--server https://${KNOWN_HOST}:${port} --tls-server-name localhost --certificate-authority ca.crt`;
      const env = { HTTPS_PROXY: `https://${proxy.https}` };
      const { go, ours, status } = await all({ args, files: both(), env });
      for (const left of [ours, status]) expect(left).toMatchObject({ code: 0, stderr: "" });
      expect(ours.stdout).toBe(certificate);
      // The name that is told for the API server is not the proxy's, which Go takes it for, too.
      expect(go.code).toBe(1);
      expect(new Set(proxy.passed)).toEqual(new Set([`${KNOWN_HOST}:${port}`]));
    });

    it("and wants to know who asks", async () => {
      await mustReach(withConfig(both(), `${LOGIN.user}:${LOGIN.password}@${strictProxy.https}`));
      expect(new Set(strictProxy.passed)).toEqual(new Set([target()]));
    });

    it("and nobody has to be there who is trusted, where that is said", async () => {
      const args = `--insecure-skip-tls-verify --proxy-url https://${proxy.https} --token ${access.token}`;
      await mustReach({ args: `--server ${cluster.server} ${args}`, kubeconfig: "" });
    });

    it("and is trusted by nobody", async () => {
      const { go, ours, status } = await all(withConfig(access.files, proxy.https));
      expect(go.code).toBe(1);
      for (const left of [ours, status]) expect(left.stderr).toContain("its TLS certificate is not trusted");
      expect(proxy.passed).toEqual([]);
    });
  });

  describe("by a login at an OpenID Connect issuer", () => {
    type Login = Readonly<Record<string, string | undefined>>;
    const loginOf = (more: Login): Login => ({
      "idp-issuer-url": issuer.url,
      "idp-certificate-authority-data": Buffer.from(issuer.certificateAuthority).toString("base64"),
      "client-id": CLIENT.id,
      "client-secret": CLIENT.secret,
      ...more,
    });
    const given = (login: Login) => {
      const config = access.kubeconfigOf({ "auth-provider": { name: "oidc", config: loginOf(login) } });
      return { args: "--kubeconfig config", files: { ...access.files, config } };
    };
    const keptIn = (config = "") => {
      const { users } = parse(config) as { users: { user: { "auth-provider": { config: Login } } }[] };
      return users[0]?.user["auth-provider"].config ?? {};
    };

    it("is made with the id-token, while it holds", async () => {
      await mustReach(given({ "id-token": issuer.idToken("alice", 300) }));
      expect(issuer.used).toEqual([]);
    });

    it.each<[string, ClientLogin, () => Login]>([
      ["has ended", "header", () => ({ "id-token": issuer.idToken("alice", -1) })],
      ["is about to end", "header", () => ({ "id-token": issuer.idToken("alice", 5) })],
      ["is not there, at an issuer that wants the client's name in the form", "form", () => ({})],
    ])("renews an id-token that %s, and keeps the new one", async (_title, clientLogin, token) => {
      issuer.clientLogin = clientLogin;
      const refreshToken = issuer.refreshToken("alice");
      const before: Login = { "refresh-token": refreshToken, ...token() };
      const { go, ours, status } = await all(given(before));
      for (const left of [go, ours, status]) {
        expect(left).toMatchObject({ code: 0, stderr: "" });
        const { "id-token": idToken, "refresh-token": next, ...rest } = keptIn(left.files["config"]);
        expect(idToken).not.toBe(before["id-token"]);
        expect(next).toMatch(/^refresh\/alice\//);
        expect(next).not.toBe(refreshToken);
        expect(rest).toEqual(loginOf({}));
      }
      expect(issuer.used).toEqual([refreshToken, refreshToken, refreshToken]);
    });

    it.each<[string, () => Login, string]>([
      ["has ended, and cannot be renewed", () => ({ "id-token": issuer.idToken("alice", -1) }), "has no refresh-token"],
      ["is none", () => ({ "id-token": "hunter2" }), "an id-token that is none"],
      ["nobody knows for", () => ({ "idp-issuer-url": undefined }), "needs idp-issuer-url and client-id"],
      ["is refused", () => ({ "refresh-token": "hunter2" }), "its issuer does not renew it"],
      [
        "an issuer gives whom nobody trusts",
        () => ({ "refresh-token": "hunter2", "idp-certificate-authority-data": undefined }),
        "its TLS certificate is not trusted",
      ],
      [
        "what is no issuer should give",
        () => ({ "refresh-token": "hunter2", "idp-issuer-url": `${issuer.url}/elsewhere` }),
        "/elsewhere/.well-known/openid-configuration does not renew it",
      ],
    ])("says so where the id-token %s", async (_title, login, words) => {
      const { go, ours, status } = await all(given(login()));
      expect(go.code).toBe(1);
      for (const left of [ours, status]) {
        expect(left).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^error: .+\n(hint: .+\n)?$/) });
        expect(left.stderr).toContain(words);
        expect(left.stderr).not.toContain("hunter2");
      }
    });

    it("says so where an issuer renews the login without an id-token", async () => {
      issuer.refusal = { status: 200, body: { access_token: "hunter2", token_type: "Bearer" } };
      const { go, ours, status } = await all(given({ "refresh-token": issuer.refreshToken("alice") }));
      expect(go.code).toBe(1);
      for (const left of [ours, status]) expect(left.stderr).toContain("/token does not renew it");
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

/** An exec plugin of one line. */
function pluginPrinting(token: string): object {
  const apiVersion = "client.authentication.k8s.io/v1";
  const credential = JSON.stringify({ apiVersion, kind: "ExecCredential", status: { token } });
  return { apiVersion, command: "echo", args: [credential], interactiveMode: "Never" };
}
