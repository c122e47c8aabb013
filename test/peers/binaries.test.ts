import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locatePeers } from "./binaries.ts";
import { builtFolder } from "./cache.ts";
import { PEER_MODULES } from "./peer-modules.ts";

describe.skipIf(process.platform === "win32")("the peers' programs", () => {
  let root: string;
  let env: { SEALWRIGHT_CACHE: string; KUBEBUILDER_ASSETS: string; PATH: string };
  const assets = () => join(root, "assets");
  const bin = () => join(root, "bin");

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "sealwright-"));
    env = { SEALWRIGHT_CACHE: join(root, "cache"), KUBEBUILDER_ASSETS: assets(), PATH: bin() };
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** A program that prints its version as the Go project's do. */
  async function program(path: string, version = "v0.40.0"): Promise<string> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho "$(basename "$0") version: ${version}"\n`);
    await chmod(path, 0o755);
    return path;
  }

  function cached(file: string): string {
    const module = PEER_MODULES.find(({ programs }) => file in programs);
    if (module === undefined) throw new Error(`${file} is built by no module`);
    return join(builtFolder(module, "go1.0.0", env), file);
  }

  it("come from the named folder before the cache, and from the cache before PATH", async () => {
    const onPath = await program(join(bin(), "etcd"));
    expect(locatePeers(env).etcd).toBe(onPath);
    const built = await program(cached("etcd"));
    expect(locatePeers(env).etcd).toBe(built);
    const named = await program(join(assets(), "etcd"));
    expect(locatePeers(env).etcd).toBe(named);
  });

  it("are missing by name", async () => {
    await program(join(assets(), "etcd"));
    const { missing } = locatePeers(env);
    expect(missing).toContain("kubeApiserver");
    expect(missing).not.toContain("etcd");
  });

  it("are not taken from a package's folder, where Sealwright's own commands have the same names", async () => {
    const own = join(root, "node_modules", ".bin");
    await program(join(own, "kubeseal"));
    expect(locatePeers({ ...env, PATH: own }).kubeseal).toBeUndefined();
  });

  it.each(["0.1.0", "v0.39.0"])("are not taken from PATH where they say %s", async (version) => {
    await program(join(bin(), "controller"), version);
    expect(locatePeers(env).goController).toBeUndefined();
  });

  it("are taken from PATH where they are the Go project's", async () => {
    const real = await program(join(bin(), "controller"));
    expect(locatePeers(env).goController).toBe(real);
  });
});
