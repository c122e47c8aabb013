import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createSealingKey, KeyRing, readSealedSecret, readSealingKey, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peersRequired } from "../peers/binaries.ts";
import { sourceOf } from "../programs/program.ts";
import { findPython, installPythonPackages, type Python, type PythonPackages } from "./python-packages.ts";

/** By the oldest Python that runs it: 12 is Python 3.12. */
const PACKAGES = { "kseal==2.1.1": 12, "kubeseal-auto==0.7.1": 10 } as const;
const MINUTES = 60_000;

const python = findPython();
const runs = (name: keyof typeof PACKAGES) => python !== null && python.minor >= PACKAGES[name];
const names = Object.keys(PACKAGES) as (keyof typeof PACKAGES)[];
const leftOut = names.filter((name) => !runs(name));
if (leftOut.length > 0) process.stdout.write(`Left out, for no Python here runs them: ${leftOut.join(", ")}\n`);
const installed = python === null || leftOut.length === names.length ? null : await install(python);

async function install({ command }: Python): Promise<PythonPackages | null> {
  try {
    return await installPythonPackages(command, names.filter(runs));
  } catch (error) {
    if (peersRequired()) throw error;
    process.stdout.write(`Left out what packages of PyPI do with kubeseal: ${error}\n`);
    return null;
  }
}

/** They find `kubeseal` on PATH and cannot tell whose it is. */
describe.runIf(installed !== null)("packages of PyPI that drive kubeseal", () => {
  let folder: string;
  let ring: KeyRing;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-pypi-"));
    const validity = { notBefore: new Date(Date.now() - MINUTES), notAfter: new Date(Date.now() + 60 * MINUTES) };
    const key = await createSealingKey({ bits: 2048, commonName: "", ...validity });
    ring = new KeyRing([await readSealingKey(key)]);
    await mkdir(join(folder, "bin"));
    await symlink(
      sourceOf(`dist/executables/sealwright-${process.platform}-${process.arch}`),
      join(folder, "bin/kubeseal"),
    );
    await writeFile(join(folder, "cert.pem"), key.certificate);
    await writeFile(join(folder, "key.pem"), key.privateKey, { mode: 0o600 });
    await writeFile(join(folder, "secret.yaml"), secret("user: shop\n  password: hunter2"));
    await writeFile(join(folder, "more.yaml"), secret("token: hunter3"));
    await writeFile(join(folder, ".kseal-config.yaml"), "version: disable\n");
    await copyFile(sourceOf("test/executable/python/seal_and_merge.py"), join(folder, "seal_and_merge.py"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await installed?.remove();
  });

  function run(program: string, ...args: readonly string[]): string {
    if (installed === null) throw new Error("nothing is installed");
    const path = [join(folder, "bin"), process.env["PATH"]].join(delimiter);
    const { status, stdout, stderr } = spawnSync(installed.program(program), args, {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: path, HOME: folder, SEALED_SECRETS_CERT: join(folder, "cert.pem") },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  }

  async function itemsOf(name: string): Promise<object> {
    const [document] = readManifests(await readFile(join(folder, name), "utf8"));
    const { secret } = await unseal(readSealedSecret(document?.value), ring);
    return Object.fromEntries(Array.from(secret.data, ([item, bytes]) => [item, Buffer.from(bytes).toString()]));
  }

  it.runIf(runs("kseal==2.1.1"))("kseal seals with it, and opens with it", async () => {
    run("kseal", "encrypt", "secret.yaml", "-o", "sealed.yaml");
    expect(await itemsOf("sealed.yaml")).toEqual({ user: "shop", password: "hunter2" });
    const [opened] = readManifests(run("kseal", "decrypt", "sealed.yaml", "--private-key", "key.pem"));
    expect(opened?.value).toMatchObject({ kind: "Secret", metadata: { name: "database" } });
    expect(JSON.stringify(opened?.value)).toContain("hunter2");
  });

  it("kubeseal-auto seals and merges with it", async () => {
    run("python", "seal_and_merge.py");
    expect(await itemsOf("database.yaml")).toEqual({ user: "shop", password: "hunter2", token: "hunter3" });
  });
});

function secret(items: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: database\n  namespace: shop\nstringData:\n  ${items}\n`;
}
