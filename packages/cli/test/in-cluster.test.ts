import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { filesFrom } from "../src/files.ts";
import { inClusterKubeconfig, inClusterNamespace } from "../src/in-cluster.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-in-cluster-"));
});

afterEach(() => rm(folder, { recursive: true }));

const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };

test("a Pod's ServiceAccount is a kubeconfig, in its own namespace", async () => {
  await writeFile(join(folder, "namespace"), "shop\n");
  const found = await inClusterKubeconfig({ env, files: filesFrom(folder) }, folder);
  expect(found?.currentContext).toBe("in-cluster");
  expect(found?.contexts.get("in-cluster")).toMatchObject({ namespace: "shop" });
  expect(found?.clusters.get("in-cluster")).toEqual({
    server: "https://[fd00::1]:443",
    "certificate-authority": join(folder, "ca.crt"),
  });
  expect(found?.users.get("in-cluster")).toEqual({ tokenFile: join(folder, "token") });
});

test("outside a Pod there is none", async () => {
  const files = filesFrom(folder);
  expect(await inClusterKubeconfig({ env, files }, folder)).toBeNull();
  await writeFile(join(folder, "namespace"), "shop\n");
  expect(await inClusterKubeconfig({ env: {}, files }, folder)).toBeNull();
});

test("a Pod that is told its namespace is in that one", async () => {
  await writeFile(join(folder, "namespace"), "shop\n");
  const files = filesFrom(folder);
  expect(await inClusterNamespace({ env: { ...env, POD_NAMESPACE: "told" }, files }, folder)).toBe("told");
  expect(await inClusterNamespace({ env, files }, folder)).toBe("shop");
  expect(await inClusterNamespace({ env: { POD_NAMESPACE: "told" }, files }, folder)).toBeNull();
});
