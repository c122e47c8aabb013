import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../../test/cluster/until.ts";
import manifest from "../package.json" with { type: "json" };
import { ExitCode } from "../src/exit-codes.ts";
import { startDouble } from "./api-server-double.ts";
import { createTestKeys, type TestKeys } from "./keys.ts";
import { PROGRAMS } from "./script/program.ts";
import { World } from "./script/world.ts";

const SECRET = Buffer.from(
  "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b}, stringData: {p: hunter2}}\n",
);

let keys: TestKeys;
let world: World;

beforeAll(async () => {
  keys = await createTestKeys();
});

beforeEach(async () => {
  world = await World.create(keys, [{ name: "secret.yaml", bytes: SECRET }]);
});

afterEach(() => world.close());

function spawnProgram(args: readonly string[], node: readonly string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...node, PROGRAMS["sealwright"] ?? "", ...args], {
    cwd: world.folder,
    env: world.env,
  });
}

describe("a process", () => {
  test("is kubeseal when it is called by that name", async () => {
    await symlink(PROGRAMS["sealwright"] ?? "", world.path("kubeseal"));
    const child = spawn(process.execPath, [world.path("kubeseal"), "--version"], { env: world.env });
    const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(output).toBe(`kubeseal version: ${manifest.version}\n`);
  });

  test("ends quietly when nobody reads its output any more", async () => {
    const child = spawnProgram(["cert", "--cert", "cert.pem"]);
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test.runIf(process.platform === "linux")("says that the disk is full where stdout goes", async () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(
      process.execPath,
      [PROGRAMS["sealwright"] ?? "", "cert", "--cert", "cert.pem"],
      { cwd: world.folder, env: world.env, stdio: ["ignore", full, "pipe"], encoding: "utf8" },
    );
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: ExitCode.file,
      stderr: "error: stdout cannot be written: there is no space left\n",
    });
  });

  test("leaves nothing behind when it is interrupted", async () => {
    let child: ChildProcessWithoutNullStreams | undefined;
    const interrupt = () => child?.kill("SIGINT");
    const { certificates, ring } = keys;
    const double = await startDouble({ mood: "silent", certificates, ring, onSilence: interrupt });
    try {
      const before = await readdir(world.folder);
      child = spawnProgram(["seal", "--cert", `${double.origin}/files/cert.pem`, "-w", "out.yaml", "secret.yaml"]);
      const [, signal] = (await once(child, "close")) as [number | null, string | null];
      expect(signal).toBe("SIGINT");
      expect(await readdir(world.folder)).toEqual(before);
    } finally {
      await double.stop();
    }
  });
});

describe("Ctrl-C amid many outputs", () => {
  test("leaves neither a new file nor half of one", async () => {
    for (const name of ["a", "b", "c"]) await writeFile(world.path(`${name}.secret.yaml`), SECRET);
    let child: ChildProcessWithoutNullStreams | undefined;
    const { certificates, ring } = keys;
    // The drafts of what comes before are there when the last file's certificate is asked for.
    const double = await startDouble({ mood: "silent", certificates, ring, onSilence: () => child?.kill("SIGINT") });
    try {
      await mkdir(world.path("last"));
      await writeFile(world.path("last/z.secret.yaml"), SECRET);
      await writeFile(
        world.path("last/.sealwright.yaml"),
        `version: 1\ncertificates: {x: {url: "${double.origin}/cert"}}\n`,
      );
      await writeFile(world.path(".sealwright.yaml"), "version: 1\ncertificates: {x: {file: cert.pem}}\n");
      const before = await readdir(world.folder, { recursive: true });
      child = spawnProgram(["seal", "--beside", "a.secret.yaml", "b.secret.yaml", "c.secret.yaml", "last"]);
      const [, signal] = (await once(child, "close")) as [number | null, string | null];
      expect(signal).toBe("SIGINT");
      expect(await readdir(world.folder, { recursive: true })).toEqual(before);
    } finally {
      await double.stop();
    }
  });
});

describe("Ctrl-C amid one large input", () => {
  test.each([
    ["sealwright", ["seal", "--cert", "cert.pem", "-w", "out.yaml", "many.yaml"]],
    ["kubeseal", ["--cert", "cert.pem", "-f", "many.yaml", "-w", "out.yaml"]],
  ])("is heard by %s, which leaves what was there", async (program, args) => {
    await writeFile(world.path("many.yaml"), `---\n${SECRET}`.repeat(20_000));
    await writeFile(world.path("out.yaml"), "# what was there\n");
    const before = await readdir(world.folder);
    const child = spawn(process.execPath, [PROGRAMS[program] ?? "", ...args], { cwd: world.folder, env: world.env });
    const ended = once(child, "close");
    const hasBegun = async () => (await readdir(world.folder)).length > before.length;
    await until(hasBegun, { what: "the draft of the output", intervalMs: 5 });
    child.kill("SIGINT");
    const [, signal] = (await ended) as [number | null, string | null];
    expect(signal).toBe("SIGINT");
    expect(await readdir(world.folder)).toEqual(before);
    expect(await readFile(world.path("out.yaml"), "utf8")).toBe("# what was there\n");
  });
});

describe("a cold start loads no more than it needs", () => {
  const HEAVY = /@sealwright\/core|\/packages\/core\/|\/yaml\/|client-node|\/undici\/|node-forge/;

  async function modulesOf(...args: string[]): Promise<readonly string[]> {
    const child = spawnProgram(args, ["--import", new URL("script/report-modules.ts", import.meta.url).href]);
    const [stderr] = await Promise.all([text(child.stderr), text(child.stdout), once(child, "close")]);
    return stderr.split("\n").filter((line) => line.startsWith("file:"));
  }

  test.each([
    { args: ["--version"] },
    { args: ["--help"] },
    { args: ["seal", "--help"] },
    { args: ["cert", "show", "--help"] },
  ])("$args", async ({ args }) => {
    const modules = await modulesOf(...args);
    expect(modules.some((url) => url.endsWith("/cli/src/main.ts"))).toBe(true);
    expect(modules.filter((url) => HEAVY.test(url))).toEqual([]);
  });

  test("sealing with a file loads neither the Kubernetes client nor anything for the network", async () => {
    const modules = await modulesOf("seal", "--cert", "cert.pem", "secret.yaml");
    expect(modules.some((url) => url.endsWith("/core/src/seal.ts"))).toBe(true);
    expect(modules.filter((url) => /client-node|\/undici\/|node-forge/.test(url))).toEqual([]);
  });

  test("asking a cluster loads no client, where the kubeconfig itself has the credentials", async () => {
    await world.startCluster("ready");
    const modules = await modulesOf("cert", "--kubeconfig", "kube/config", "--context", "insecure");
    expect(modules.some((url) => url.endsWith("/cli/src/api-server.ts"))).toBe(true);
    expect(modules.filter((url) => /client-node|\/undici\/|\/socks\/|node-forge/.test(url))).toEqual([]);
  });
});

describe("kubeseal in a pipe", () => {
  test("asks for the certificate while its input is still to come", async () => {
    await world.startCluster("ready");
    const args = [PROGRAMS["kubeseal"] ?? "", "--kubeconfig", "kube/config"];
    const child = spawn(process.execPath, args, { cwd: world.folder, env: world.env });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    await until(() => world.asked.some((line) => line.endsWith("/v1/cert.pem")), {
      what: "the certificate to be asked for",
    });
    child.stdin.end(SECRET);
    const [stdout, stderr, [code]] = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ kind: "SealedSecret" });
  });

  test("tells what is wrong with its input, and not that there is no cluster", async () => {
    await world.startCluster("ready");
    const args = [PROGRAMS["kubeseal"] ?? "", "--kubeconfig", "kube/config", "--context", "closed"];
    const child = spawn(process.execPath, args, { cwd: world.folder, env: world.env });
    child.stdin.end("kind: Pod\n");
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*stdin/);
  });
});
