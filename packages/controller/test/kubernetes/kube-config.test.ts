import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { followKubeConfig, loadKubeConfig, ownNamespace } from "../../src/kubernetes/kube-config.ts";
import { recordingLog } from "../doubles/recording-log.ts";

const KUBECONFIG = `
apiVersion: v1
kind: Config
current-context: one
clusters:
  - {name: a, cluster: {server: "https://a.test:6443"}}
  - {name: b, cluster: {server: "https://b.test:6443"}}
users:
  - {name: me, user: {token: t}}
contexts:
  - {name: one, context: {cluster: a, user: me}}
  - {name: two, context: {cluster: b, user: me, namespace: sealing}}
  - {name: lost, context: {cluster: nowhere, user: me}}
`;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-"));
  file = join(folder, "config");
  await writeFile(file, KUBECONFIG);
  vi.stubEnv("POD_NAMESPACE", undefined);
  vi.stubEnv("KUBERNETES_SERVICE_HOST", undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe("the configuration", () => {
  test("of a file is that of its current context, or of the one that is asked for", () => {
    const load = (context?: string) => loadKubeConfig({ kubeconfig: file, context }).getCurrentCluster()?.server;
    expect(load()).toBe("https://a.test:6443");
    expect(load("two")).toBe("https://b.test:6443");
  });

  test.each(["lost", "unknown"])("of context %s, which has no cluster, is refused", (context) => {
    expect(() => loadKubeConfig({ kubeconfig: file, context })).toThrow("names no cluster");
  });

  test("of a file that is none is refused, without quoting it", async () => {
    expect(() => loadKubeConfig({ kubeconfig: `${file}.x`, context: undefined })).toThrow("there is no such file");
    await writeFile(file, "token: {hunter2");
    expect(() => loadKubeConfig({ kubeconfig: file, context: undefined })).toThrow(/^\S+: this is not a kubeconfig$/);
  });

  test("of a Pod is what its environment says", () => {
    vi.stubEnv("KUBERNETES_SERVICE_HOST", "fd00::1");
    vi.stubEnv("KUBERNETES_SERVICE_PORT", "443");
    const config = loadKubeConfig({ kubeconfig: undefined, context: undefined });
    expect(config.getCurrentCluster()?.server).toBe("https://[fd00::1]:443");
  });

  test("is asked for where there is neither", () => {
    expect(() => loadKubeConfig({ kubeconfig: undefined, context: undefined })).toThrow("give --kubeconfig FILE");
  });
});

describe("a file that is followed", () => {
  function follow() {
    const log = recordingLog();
    const source = { kubeconfig: file, context: undefined };
    return { log, current: followKubeConfig(source, loadKubeConfig(source), log) };
  }

  test("is the same configuration until it changes, and then another", async () => {
    const { log, current } = follow();
    const first = await current();
    expect(await current()).toBe(first);
    await writeFile(file, KUBECONFIG.replace("token: t", "token: another"));
    const second = await current();
    expect([first, second].map((config) => config.getCurrentUser()?.token)).toEqual(["t", "another"]);
    expect(await current()).toBe(second);
    expect(log.lines.map(({ level }) => level)).toEqual(["info"]);
    expect(JSON.stringify(log.lines)).not.toContain("another");
  });

  test.each([
    { title: "that is gone", write: () => rm(file), says: "there is no such file" },
    { title: "half written", write: () => writeFile(file, KUBECONFIG.slice(0, 60)), says: "names no cluster" },
    { title: "that is none", write: () => writeFile(file, "token: {hunter2"), says: "is not a kubeconfig" },
    {
      title: "of another API server",
      write: () => writeFile(file, KUBECONFIG.replace("a.test", "elsewhere.test")),
      says: "names another API server",
    },
  ])("$title changes nothing, of which the log tells once; what comes after it counts", async ({ write, says }) => {
    const { log, current } = follow();
    const first = await current();
    await write();
    expect(await current()).toBe(first);
    expect(await current()).toBe(first);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]?.message).toContain(says);
    expect(JSON.stringify(log.lines)).not.toContain("hunter2");
    await writeFile(file, KUBECONFIG.replace("token: t", "token: another"));
    expect((await current()).getCurrentUser()?.token).toBe("another");
  });
});

describe("its own namespace", () => {
  const config = (context?: string) => loadKubeConfig({ kubeconfig: file, context });

  test("is POD_NAMESPACE first", async () => {
    vi.stubEnv("POD_NAMESPACE", "kube-system");
    expect(await ownNamespace(config("two"))).toBe("kube-system");
  });

  test("outside of a Pod it is the context's, or else default", async () => {
    vi.stubEnv("POD_NAMESPACE", "");
    expect(await ownNamespace(config("two"))).toBe("sealing");
    expect(await ownNamespace(config())).toBe("default");
  });
});
