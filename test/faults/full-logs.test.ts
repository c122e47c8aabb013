import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { freePort } from "../cluster/real/free-port.ts";
import { until } from "../cluster/until.ts";
import { base64, ControllerWorld } from "../e2e/controller-world.ts";
import { deployManifests } from "../programs/controller.ts";
import { controllerProgram } from "../programs/controller-program.ts";
import { withKubeconfigFile } from "../programs/kubeconfig-file.ts";

/** Where a log goes that nobody keeps: what is done to the process's outputs, and how many lines there are to lose. */
const OUTPUTS = {
  "a disk without room": { open: () => openSync("/dev/full", "w"), afterwards: () => {}, lines: 5 },
  "a reader who has gone": {
    open: () => "pipe" as const,
    afterwards: ({ stdout, stderr }: ChildProcess) => {
      stdout?.destroy();
      stderr?.destroy();
    },
    lines: 5,
  },
  // A pipe holds 64 KiB, and these are more.
  "a reader who has stopped": { open: () => "pipe" as const, afterwards: () => {}, lines: 300 },
};

const VALUE = "plaintext-for-a-full-log";

describe("a controller whose log nobody takes", () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    await applyManifests(cluster, await deployManifests());
  });
  afterAll(async () => {
    await cluster?.stop();
  });

  it.each(Object.entries(OUTPUTS))(
    "%s: goes on, and ends when it is told to",
    async (title, { open, afterwards, lines }) => {
      const namespace = title.replaceAll(" ", "-");
      const world = new ControllerWorld(cluster, namespace);
      await world.makeNamespace();
      const port = await freePort();
      await withKubeconfigFile(cluster, async (kubeconfig) => {
        const output = open();
        const args = ["--kubeconfig", kubeconfig, "--key-size", "2048", "--listen-addr", `127.0.0.1:${port}`];
        const child = spawn(process.execPath, [controllerProgram(), ...args, "--listen-metrics-addr", "127.0.0.1:0"], {
          stdio: ["ignore", output, output],
          env: { ...process.env, POD_NAMESPACE: "kube-system" },
        });
        const ended = once(child, "exit");
        afterwards(child);
        if (typeof output === "number") closeSync(output);
        try {
          const url = `http://127.0.0.1:${port}`;
          await until(() => isReady(url, child), { what: "the controller to be ready" });
          await noisy(world, lines);
          const sealed = await world.seal(await world.certificateOf(url), "quiet", { password: VALUE });
          await world.apply(sealed);
          await world.synced("quiet", "True");
          expect((await world.secret("quiet"))?.data).toEqual({ password: base64(VALUE) });
          child.kill("SIGTERM");
          expect(await ended).toEqual([0, null]);
        } finally {
          child.kill("SIGKILL");
        }
      });
    },
  );
});

/** SealedSecrets that each have a line in the log, of 300 characters and more. */
async function noisy(world: ControllerWorld, lines: number): Promise<void> {
  const encryptedData = Object.fromEntries(Array.from({ length: 5 }, (_, item) => [`${item}`.repeat(60), "AAAA"]));
  const names = Array.from({ length: lines }, (_, index) => `noisy-${index}`);
  await Promise.all(
    names.map((name) =>
      world.cluster.admin.expectOk("POST", world.sealedSecretsPath, {
        body: {
          apiVersion: "bitnami.com/v1alpha1",
          kind: "SealedSecret",
          metadata: { name },
          spec: { encryptedData, template: { metadata: { name } } },
        },
      }),
    ),
  );
  await Promise.all(names.slice(-16).map((name) => world.synced(name, "False")));
}

async function isReady(url: string, { exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null) throw new Error(`the controller ended with ${exitCode}`);
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
