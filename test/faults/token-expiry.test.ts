import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { clusterMakers } from "../cluster/makers.ts";
import { until } from "../cluster/until.ts";
import { controllerToken } from "../programs/controller.ts";
import { FaultWorld } from "./fault-world.ts";

const ACCOUNT = "/api/v1/namespaces/kube-system/serviceaccounts/sealed-secrets-controller";

/** A program of a kubeconfig: prints the token that a file holds, as the credential of a client. */
const PRINT = `
  const token = require("node:fs").readFileSync(process.argv[1], "utf8");
  console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token } }));
`;

describe.each(clusterMakers())("a token that ends, on the %s API server", (_maker, startCluster) => {
  let cluster: Cluster;
  let world: FaultWorld;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    cluster = await startCluster();
    folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    file = join(folder, "token");
    await writeFile(file, await controllerToken(cluster), { mode: 0o600 });
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", PRINT, file],
      interactiveMode: "Never",
    };
    world = await FaultWorld.start(cluster, { user: { exec } });
  });
  afterAll(async () => {
    await world?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is read again when it is refused, and nothing is lost between the two", async () => {
    await world.plant("before");
    await world.converged();
    // A token counts for the very account that it was made for.
    await cluster.admin.expectOk("DELETE", ACCOUNT);
    const refused = async () => {
      await world.plant("meanwhile");
      return /Unauthorized/.test(world.controller.log());
    };
    await until(refused, { what: "the token to be refused", intervalMs: 500 });
    await writeFile(file, await controllerToken(cluster));
    await world.plant("after");
    await world.converged();
  });

  it("and is not seen, nor is any value", async () => {
    expect(world.controller.log()).not.toContain("eyJhbGciOi");
    expect(await world.leaks(world.controller)).toEqual([]);
  });
});
