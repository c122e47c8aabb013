import { spawn } from "node:child_process";
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyManifests } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { truestMaker } from "../cluster/makers.ts";
import { findPeers } from "../peers/binaries.ts";
import { type Controller, startController } from "../programs/controller.ts";
import { sourceOf } from "../programs/program.ts";

const README = await readFile(sourceOf("README.md"), "utf8");
const SCRIPTS = (JSON.parse(await readFile(sourceOf("package.json"), "utf8")) as { scripts: object }).scripts;
const BLOCKS = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
const { kubectl } = findPeers();

it("names npm scripts that there are", () => {
  const named = [...README.matchAll(/npm run (\w+)|npm (test)/g)].map(([, name, test]) => name ?? test ?? "");
  expect(named).toContain("demo");
  for (const name of named) expect(SCRIPTS).toHaveProperty(name);
});

describe.each(truestMaker())(
  "the README's commands, one after the other, on the %s API server",
  (_maker, startCluster) => {
    let cluster: Cluster;
    let controller: Controller;
    let folder: string;

    beforeAll(async () => {
      cluster = await startCluster();
      controller = await startController(cluster);
      await applyManifests(cluster, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }]);
      folder = await mkdtemp(join(tmpdir(), "sealwright-readme-"));
      await prepare(folder, cluster);
    });
    afterAll(async () => {
      await controller?.stop();
      await cluster?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    for (const block of BLOCKS.filter((block) => !block.startsWith("npm "))) {
      // A machine without kubectl can still try the other commands.
      it.skipIf(kubectl === undefined && block.includes("kubectl"))(block, async () => {
        const { code, stderr } = await shell(block, folder);
        expect({ code, errors: stderr.match(/^.*error.*$/gim) ?? [] }).toEqual({ code: 0, errors: [] });
      });
    }

    it("leaves sealed files that hold no value", async () => {
      const sealed = await readFile(join(folder, "database.sealed.yaml"), "utf8");
      expect(sealed).toContain("kind: SealedSecret");
      expect(sealed).not.toContain("correct-horse-battery-staple");
    });
  },
);

/** A folder as a reader would have it: a repository with the plaintext, the programs on the path, a kubeconfig. */
async function prepare(folder: string, cluster: Cluster): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(folder, "kubeconfig"), cluster.adminKubeconfig, { mode: 0o600 });
  await copyFile(sourceOf("examples/quickstart/database.yaml"), join(folder, "database.yaml"));
  await cp(sourceOf("deploy"), join(folder, "deploy"), { recursive: true });
  const sealwright = join(bin, "sealwright");
  await writeFile(sealwright, `#!/bin/sh\nexec "${process.execPath}" "${sourceOf("packages/cli/src/bin.ts")}" "$@"\n`);
  await chmod(sealwright, 0o755);
  if (kubectl !== undefined) await symlink(kubectl, join(bin, "kubectl"));
  await shell("git init --quiet", folder);
}

function shell(script: string, folder: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const path = [join(folder, "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter);
  const env = { ...process.env, PATH: path, KUBECONFIG: join(folder, "kubeconfig"), HOME: folder };
  const child = spawn("sh", ["-e", "-c", script], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, stderr }));
  });
}
