import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey, readCertificate, readSecret, seal } from "@sealwright/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import cli from "../../packages/cli/package.json" with { type: "json" };
import { assemble } from "../programs/dockerfile.ts";
import { sourceOf } from "../programs/program.ts";

const HOST = `${process.platform}-${process.arch}`;
const PROGRAM = sourceOf(`dist/executables/sealwright-${HOST}${process.platform === "win32" ? ".exe" : ""}`);

/** One file, without Node, without this workspace, and without an environment. */
describe("the executable", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-executable-"));
  });
  afterAll(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });

  function run(program: string, args: readonly string[], input = "") {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, input, encoding: "utf8", env: {} });
    return { status, stdout, stderr };
  }

  it("says what it is", () => {
    expect(run(PROGRAM, ["--version"])).toEqual({ status: 0, stdout: `sealwright ${cli.version}\n`, stderr: "" });
  });

  it("is kubeseal when it is called by that name", async () => {
    await symlink(PROGRAM, join(folder, "kubeseal"));
    const version = { status: 0, stdout: `kubeseal version: ${cli.version}\n`, stderr: "" };
    expect(run(join(folder, "kubeseal"), ["--version"])).toEqual(version);
  });

  it("is configured by nothing that lies where it runs", async () => {
    await writeFile(join(folder, ".env"), "SEALED_SECRETS_SCOPE=no-such-scope\n");
    await writeFile(join(folder, "bunfig.toml"), 'preload = ["./preload.js"]\n');
    await writeFile(join(folder, "preload.js"), 'console.log("preloaded");\n');
    const { certificate } = await createSealingKey(validity());
    await writeFile(join(folder, "cert.pem"), certificate);
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a", namespace: "b" },
      stringData: { c: "d" },
    };
    const { status, stdout, stderr } = run(PROGRAM, ["seal", "--cert", "cert.pem"], JSON.stringify(secret));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^apiVersion: bitnami\.com/);
  });

  it("renders a template with the engine inside", async () => {
    const pem = await createSealingKey(validity());
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a", namespace: "b" },
      stringData: { user: "me" },
    };
    const sealed = await seal(readSecret(secret), { certificate: await readCertificate(pem.certificate) });
    const template = { ...sealed.spec.template, data: { greeting: "Hello, {{ .user | upper }}" } };
    await writeFile(join(folder, "key.pem"), pem.privateKey, { mode: 0o600 });
    const args = ["--recovery-unseal", "--recovery-private-key", "key.pem"];
    const input = JSON.stringify({ ...sealed, spec: { ...sealed.spec, template } });
    const { status, stdout, stderr } = run(join(folder, "kubeseal"), args, input);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readSecret(JSON.parse(stdout)).data.get("greeting")?.toString()).toBe("Hello, ME");
  });

  it.runIf(HOST.startsWith("linux-"))("is all that its images hold beside licenses", async () => {
    for (const name of ["sealwright", "kubeseal"]) {
      const image = join(folder, "images", name);
      const { user, entrypoint } = await assemble(
        "deploy/Dockerfile.cli",
        image,
        name,
        HOST.replace(/^linux-x64$/, "amd64").replace("linux-", ""),
      );
      expect({ user, entrypoint }).toEqual({ user: "65532:65532", entrypoint: [name] });
      const files = await readdir(image, { recursive: true, withFileTypes: true });
      expect(
        files
          .filter((file) => file.isFile())
          .map((file) => file.name)
          .toSorted(),
      ).toEqual(["LICENSE", "LICENSES.txt", name]);
      expect(run(join(image, "usr/local/bin", name), ["--version"])).toMatchObject({ status: 0, stderr: "" });
      expect((await readFile(join(image, "usr/local/bin", name))).length).toBeGreaterThan(0);
    }
  });
});

function validity() {
  return {
    bits: 2048,
    commonName: "",
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 60_000),
  };
}
