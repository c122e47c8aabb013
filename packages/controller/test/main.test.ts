import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCertificate, readSealingKey, sealValue } from "@sealwright/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { main, type Process } from "../src/main.ts";
import { ApiServerDouble, type OpenWatch } from "./doubles/api-server.ts";
import { holds } from "./doubles/holds.ts";
import { newKeyPem } from "./doubles/sealing-keys.ts";

/** Runs main; what it writes can be looked at while it runs. */
function run(argv: readonly string[], env: Process["env"] = {}) {
  const stop = new AbortController();
  const written = { out: "", err: "" };
  let renew = () => {};
  let profile = () => {};
  const ended = main({
    argv,
    env,
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    stop: stop.signal,
    onRenew: (action) => {
      renew = action;
    },
    onProfile: (action) => {
      profile = action;
    },
  });
  return { written, ended, stop: () => stop.abort(), renew: () => renew(), profile: () => profile() };
}

describe("nothing to run", () => {
  test("--version goes to standard output", async () => {
    const { written, ended } = run(["--version"]);
    expect(await ended).toBe(0);
    expect(written).toEqual({ out: expect.stringMatching(/^controller version: \d+\.\d+\.\d+\S*\n$/), err: "" });
  });

  test("--help too", async () => {
    const { written, ended } = run(["--help"]);
    expect(await ended).toBe(0);
    expect(written.out).toContain("--listen-addr");
    expect(written.err).toBe("");
  });

  test.each([
    [["--key-size=12"], {}, "--key-size"],
    [["--no-such-flag"], {}, "--no-such-flag"],
    [[], { SEALED_SECRETS_LOG_LEVEL: "loud" }, "SEALED_SECRETS_LOG_LEVEL"],
    [["--kubeconfig=/nonexistent/config"], {}, "/nonexistent/config: there is no such file"],
    [["--allow-types="], {}, "--allow-types"],
    [["--tls-key-file=/k"], {}, "--tls-cert-file and --tls-key-file go together"],
    [[], { SEALED_SECRETS_ALLOW_SCOPES: "strict,wide" }, "SEALED_SECRETS_ALLOW_SCOPES"],
  ])("%j with %j is an error on one line, without a stack", async (argv, env, text) => {
    const { written, ended } = run(argv, env);
    expect(await ended).not.toBe(0);
    expect(written.out).toBe("");
    expect(written.err).toMatch(/^error: [^\n]+\n$/);
    expect(written.err).toContain(text);
  });
});

describe("running", () => {
  const KEYS = "/api/v1/namespaces/sealing/secrets";
  const SEALED = "/apis/bitnami.com/v1alpha1/sealedsecrets";
  const STATUS = "/apis/bitnami.com/v1alpha1/namespaces/shop/sealedsecrets/database/status";

  let api: ApiServerDouble;
  let folder: string;
  let argv: string[];

  beforeEach(async () => {
    vi.stubEnv("POD_NAMESPACE", undefined);
    api = await ApiServerDouble.start();
    folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    const kubeconfig = join(folder, "config");
    await writeFile(kubeconfig, api.kubeConfig({ token: "t0ken" }).exportConfig());
    argv = [
      "--kubeconfig",
      kubeconfig,
      "--listen-addr=127.0.0.1:0",
      "--listen-metrics-addr=127.0.0.1:0",
      "--key-size=2048",
      "--key-renew-period=0",
      "--leader-elect=false",
    ];
    api.answer("GET", `${KEYS}/sealed-secrets-key`, { status: 404, body: { reason: "NotFound" } });
    api.answer("POST", "/api/v1/namespaces/shop/events", { status: 201, body: {} });
    api.answer("GET", "/api/v1/namespaces/shop/secrets/database", { status: 404, body: { reason: "NotFound" } });
    api.answer("POST", "/api/v1/namespaces/shop/secrets", { status: 201, body: {} });
    api.answer("PUT", STATUS, { body: {} });
    lists("/api/v1/secrets");
    lists(SEALED);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await api.close();
    await rm(folder, { recursive: true });
  });

  function lists(path: string, ...items: readonly unknown[]): void {
    api.answer("GET", path, { body: { metadata: { resourceVersion: "10" }, items } });
  }

  /** Stores a key, and the SealedSecret `shop/database` that holds that value. */
  async function sealed(value: string): Promise<void> {
    const pem = await newKeyPem();
    const { certificate } = await readSealingKey(pem);
    const binding = { scope: "strict", namespace: "shop", name: "database" } as const;
    const password = await sealValue(Buffer.from(value), binding, certificate);
    lists(KEYS, {
      metadata: { name: "sealed-secrets-keyabc12", creationTimestamp: "2026-01-01T00:00:00Z" },
      data: { "tls.key": btoa(pem.privateKey), "tls.crt": btoa(pem.certificate) },
    });
    lists(SEALED, {
      metadata: { namespace: "shop", name: "database", uid: "u", generation: 1, resourceVersion: "5" },
      spec: { encryptedData: { password } },
    });
  }

  const bodies = (method: string, path: string) =>
    api.requests.filter((request) => request.method === method && request.path === path).map(({ body }) => body);

  async function sealedSecretsWatch(): Promise<OpenWatch> {
    const watch = await api.nextWatch();
    return watch.request.path === SEALED ? watch : sealedSecretsWatch();
  }

  /** The URL of its HTTP server, once it says so. */
  async function addressOf(written: { readonly out: string }): Promise<string> {
    await holds(() => expect(written.out).toContain("address="));
    return `http://${/address=(\S+)/.exec(written.out)?.[1]}`;
  }

  test("makes the Secret, tells of it, and stops when it is told to, with nothing said of the value", async () => {
    await sealed("hunter2");
    const { written, ended, stop } = run(argv);
    await holds(() => expect(bodies("POST", "/api/v1/namespaces/shop/events")).toHaveLength(1));
    expect(bodies("POST", "/api/v1/namespaces/shop/secrets")).toMatchObject([{ data: { password: btoa("hunter2") } }]);
    expect(bodies("PUT", STATUS)).toMatchObject([
      {
        status: {
          conditions: [
            { type: "Synced", status: "True" },
            { type: "Ready", status: "True" },
          ],
        },
      },
    ]);
    await holds(() => expect(written.out).toContain("msg=Unsealed namespace=shop name=database"));
    stop();
    expect(await ended).toBe(0);
    await holds(() => expect(api.openConnections).toBe(0));
    expect(written.err).toBe("");
    expect(written.out).toContain("msg=Stopped");
    const told = JSON.stringify([written, bodies("PUT", STATUS), bodies("POST", "/api/v1/namespaces/shop/events")]);
    expect(told).not.toContain("hunter2");
    expect(told).not.toContain(btoa("hunter2"));
  });

  test("makes a key where there is none, serves its certificate, and a newer one when it is asked for", async () => {
    const keys: unknown[] = [];
    lists(KEYS);
    api.answer("POST", KEYS, ({ body }) => {
      const key = body as { readonly metadata: object };
      keys.push({ ...key, metadata: { ...key.metadata, creationTimestamp: "2026-01-01T00:00:00Z" } });
      lists(KEYS, ...keys);
      return { status: 201, body };
    });
    const { written, ended, stop, renew } = run(argv);
    const url = await addressOf(written);
    await holds(() => expect(written.out).toContain("New sealing key stored"));
    const certificate = async () => (await fetch(`${url}/v1/cert.pem`)).text();
    const first = await certificate();
    expect((await readCertificate(first)).fingerprint).toMatch(/^SHA256:/);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    renew();
    await holds(() => expect(written.out.match(/New sealing key stored/g)).toHaveLength(2));
    vi.useRealTimers();
    expect(await certificate()).not.toBe(first);
    await fetch(`${url}/readyz`);
    stop();
    expect(await ended).toBe(0);
    expect(written.out + written.err).not.toContain("PRIVATE");
  });

  test("a key that cannot be renewed is logged, and the controller goes on", async () => {
    await sealed("x");
    api.answer("POST", KEYS, { status: 403, body: { reason: "Forbidden" } });
    const { written, ended, stop, renew } = run(argv);
    await holds(() => expect(bodies("PUT", STATUS)).toHaveLength(1));
    renew();
    await holds(() => expect(written.err).toContain("No new sealing key could be made"));
    stop();
    expect(await ended).toBe(0);
  });

  test("is ready once the watches are synced, and healthy before", async () => {
    await sealed("x");
    api.answer("GET", SEALED, { status: 503, headers: { "retry-after": "200" }, body: {} });
    const { written, ended, stop } = run(argv);
    const url = await addressOf(written);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    await holds(() => expect(written.err).toContain("A watch failed"));
    stop();
    expect(await ended).toBe(0);
  });

  test("a SealedSecret that does not open is logged once, with its reason", async () => {
    await sealed("hunter2");
    const broken = (name: string, resourceVersion: string, rest: object = {}) => ({
      metadata: {
        namespace: "shop",
        name,
        uid: name,
        generation: 1,
        resourceVersion,
        annotations: { resourceVersion },
      },
      spec: { encryptedData: { password: btoa("hunter2") } },
      ...rest,
    });
    lists(SEALED, broken("database", "5"));
    api.answer("PUT", STATUS.replace("database", "other"), { body: {} });
    const { written, ended, stop } = run([...argv, "--log-format=json"]);
    await holds(() => expect(bodies("PUT", STATUS)).toHaveLength(1));
    const [{ status }] = bodies("PUT", STATUS) as [{ status: unknown }];
    const watch = await sealedSecretsWatch();
    watch.send("MODIFIED", broken("database", "11", { status }));
    watch.send("ADDED", broken("other", "12"));
    await holds(() => expect(written.err).toContain('"name":"other"'));
    stop();
    expect(await ended).toBe(0);
    const [first, ...rest] = written.err
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(first).toMatchObject({
      level: "WARN",
      msg: "Not unsealed",
      namespace: "shop",
      name: "database",
      reason: "Undecryptable",
      message: "password: cut short",
    });
    expect(rest).toMatchObject([{ name: "other" }]);
  });

  test("notes in the audit log what it does with which key, and never a value", async () => {
    await sealed("hunter2");
    const file = join(folder, "audit.log");
    const { written, ended, stop } = run([...argv, `--audit-log=${file}`]);
    await holds(() => expect(written.out).toContain("msg=Unsealed"));
    const url = await addressOf(written);
    await fetch(`${url}/v1/verify`, { method: "POST", body: "no SealedSecret" });
    stop();
    expect(await ended).toBe(0);
    const text = await readFile(file, "utf8");
    const lines = text.trimEnd().split("\n");
    const at = { namespace: "shop", name: "database" };
    const keys = [expect.stringMatching(/^SHA256:/)];
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { audit: "key-found", result: "ok", keys },
      { audit: "unseal", result: "ok", ...at, uid: "u", items: 1, keys },
      { audit: "create", result: "ok", ...at },
      { audit: "verify", result: "400", client: "127.0.0.1" },
    ]);
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain(btoa("hunter2"));
  });

  test("puts audit lines between those of the log where there is no file for them", async () => {
    await sealed("x");
    const { written, ended, stop } = run([...argv, "--audit-log=-", "--log-format=json"]);
    await holds(() => expect(written.out).toContain('"audit":"create"'));
    stop();
    expect(await ended).toBe(0);
    for (const line of written.out.trimEnd().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  });

  test("writes a profile where it was given a folder, and ends it with the process; nothing of a value or a key is in it", async () => {
    await sealed("hunter2");
    const { written, ended, stop, profile } = run([...argv, `--profile-dir=${folder}`]);
    await holds(() => expect(written.out).toContain("Serving HTTP"));
    profile();
    await holds(() => expect(written.out).toContain("msg=Unsealed"));
    profile();
    stop();
    expect(await ended).toBe(0);
    const names = (await readdir(folder)).filter((name) => name !== "config").sort();
    expect(names).toEqual([
      expect.stringMatching(/^cpu-\S+Z\.cpuprofile$/),
      expect.stringMatching(/^memory-\S+Z\.json$/),
    ]);
    const [cpu = "", memory = ""] = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    expect(JSON.parse(cpu)).toMatchObject({ nodes: expect.any(Array), samples: expect.any(Array) });
    expect(JSON.parse(memory)).toMatchObject({ heap: { used_heap_size: expect.any(Number) } });
    for (const text of [cpu, memory]) {
      for (const value of ["hunter2", btoa("hunter2"), "PRIVATE KEY"]) expect(text).not.toContain(value);
    }
  });

  test("says that profiling is off where it was given none", async () => {
    await sealed("x");
    const { written, ended, stop, profile } = run(argv);
    await holds(() => expect(written.out).toContain("msg=Unsealed"));
    profile();
    stop();
    expect(await ended).toBe(0);
    expect(written.err).toContain("Profiling is off");
  });

  test("a certificate that cannot be served ends it", async () => {
    const { written, ended } = run([...argv, `--tls-cert-file=${join(folder, "config")}`, "--tls-key-file=/none"]);
    expect(await ended).toBe(1);
    expect(written.err).toBe("error: --tls-key-file: /none cannot be read (ENOENT)\n");
  });

  test("a folder for profiles that is none ends it", async () => {
    const { written, ended } = run([...argv, `--profile-dir=${join(folder, "none")}`]);
    expect(await ended).toBe(1);
    expect(written.err).toMatch(/^error: --profile-dir: \S+none cannot be used \(ENOENT\)\n$/);
  });

  test("an audit log that cannot be written from the start ends it", async () => {
    const { written, ended } = run([...argv, `--audit-log=${join(folder, "none", "audit.log")}`]);
    expect(await ended).toBe(1);
    expect(written.err).toMatch(/^error: --audit-log: [^\n]*ENOENT[^\n]*\n$/);
  });

  test("a status that cannot be written is logged with what it would have said", async () => {
    await sealed("x");
    api.answer("PUT", STATUS, { status: 403, body: { reason: "Forbidden" } });
    const { written, ended, stop } = run(argv);
    await holds(() => expect(written.err).toContain("The status could not be written"));
    stop();
    expect(await ended).toBe(0);
    expect(written.err).toContain("reason=Unsealed");
    expect(written.err).toContain(`message="PUT ${STATUS}: Forbidden"`);
  });

  test("somebody who was quicker is no warning", async () => {
    await sealed("x");
    api.answer("PUT", STATUS, { status: 409, body: { reason: "Conflict" } }, { body: {} });
    const { written, ended, stop } = run(argv);
    await holds(() => expect(bodies("PUT", STATUS)).toHaveLength(2));
    stop();
    expect(await ended).toBe(0);
    expect(written.err).toBe("");
    expect(written.out).toContain("Changed meanwhile");
  });

  test("named namespaces are watched, and its own", async () => {
    for (const namespace of ["sealing", "one"]) {
      lists(`/apis/bitnami.com/v1alpha1/namespaces/${namespace}/sealedsecrets`);
      if (namespace !== "sealing") lists(`/api/v1/namespaces/${namespace}/secrets`);
    }
    await sealed("x");
    const { ended, stop } = run([...argv, "--additional-namespaces=one,sealing"]);
    const watched: string[] = [];
    while (watched.length < 4) watched.push((await api.nextWatch()).request.path);
    stop();
    expect(await ended).toBe(0);
    expect(watched.sort()).toEqual([
      "/api/v1/namespaces/one/secrets",
      "/api/v1/namespaces/sealing/secrets",
      "/apis/bitnami.com/v1alpha1/namespaces/one/sealedsecrets",
      "/apis/bitnami.com/v1alpha1/namespaces/sealing/sealedsecrets",
    ]);
  });

  test("an API server that refuses the keys ends it, with the reason and without a stack", async () => {
    api.answer("GET", KEYS, { status: 403, body: { reason: "Forbidden", message: "hunter2" } });
    const { written, ended } = run(argv);
    expect(await ended).toBe(1);
    expect(written.err).toBe(`error: GET ${KEYS}: Forbidden\n`);
  });

  test("a port that is taken ends it", async () => {
    const { port } = new URL(api.url);
    const { written, ended } = run([...argv, `--listen-addr=127.0.0.1:${port}`]);
    expect(await ended).toBe(1);
    expect(written.err).toMatch(/^error: [^\n]*EADDRINUSE[^\n]*\n$/);
  });
});
