import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createSealingKey, KeyRing, readCertificate, readSealingKey, readSecret, seal } from "@sealwright/core";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import cli from "../../packages/cli/package.json" with { type: "json" };
import { startEmbeddedCluster } from "../cluster/embedded/embedded-cluster.ts";
import { startController } from "../programs/controller.ts";
import { assemble } from "../programs/dockerfile.ts";
import { runProgram, sourceOf } from "../programs/program.ts";
import { base64, ControllerWorld } from "./controller-world.ts";

/** The one that installs the workspace: it knows what `publishConfig` and `workspace:` mean. */
const PNPM = "pnpm@12.21.0";
const VERSION = cli.version;

interface Package {
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: object;
}

/** What `npm run build` makes, run far from this workspace's node_modules. */
describe("what is published", () => {
  let folder: string;

  beforeAll(async () => {
    const built = await runProgram(sourceOf("tools/build.ts"));
    expect({ code: built.code, stderr: built.stderr }).toEqual({ code: 0, stderr: "" });
    folder = await mkdtemp(join(tmpdir(), "sealwright-published-"));
    for (const name of ["cli", "controller"]) install(name);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** As a package manager does: what `files` names, under the names that are published. */
  function install(name: string): void {
    const packed = spawnSync("npx", ["--yes", PNPM, "pack", "--pack-destination", folder], {
      cwd: sourceOf(`packages/${name}`),
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    expect(packed.status, packed.stderr).toBe(0);
    mkdirSync(join(folder, name));
    const archive = `sealwright-${name}-${VERSION}.tgz`;
    const unpacked = spawnSync("tar", ["-xzf", archive, "-C", name, "--strip-components=1"], { cwd: folder });
    expect(unpacked.status).toBe(0);
  }

  const run = (file: string, args: readonly string[], stdin = "") => runProgram(join(folder, file), { args, stdin });

  const manifestOf = async (name: string) =>
    JSON.parse(await readFile(join(folder, name, "package.json"), "utf8")) as Package;

  it.each(["cli", "controller"])("%s needs no other package, and brings its licenses", async (name) => {
    expect((await manifestOf(name)).dependencies ?? {}).toEqual({});
    const licenses = await readFile(join(folder, name, "dist/LICENSES.txt"), "utf8");
    for (const inside of ["undici", "yaml", "commander"]) expect(licenses).toMatch(new RegExp(`^${inside} \\d`, "m"));
  });

  /** All files of a package, by their names in it. */
  const filesOf = async (name: string): Promise<readonly string[]> => {
    const files = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    return paths.map((path) => relative(join(folder, name), path).replaceAll("\\", "/"));
  };

  it("the command line holds its programs, what they load, and man pages, and nothing else", async () => {
    const others = (await filesOf("cli")).filter(
      (name) =>
        !/^dist\/(?:(?:third-party\/)?[a-z-]+\.cjs\.v8-[\w.-]+|third-party\/[a-z-]+\.cjs|man\/(?:sealwright|kubeseal)[a-z-]*\.1)$/.test(
          name,
        ),
    );
    expect(others.toSorted()).toEqual([
      "LICENSE",
      "dist/LICENSES.txt",
      "dist/cluster.cjs",
      "dist/decryption-worker.js",
      "dist/engine.LICENSES.txt",
      "dist/engine.wasm.gz",
      "dist/kubeseal.cjs",
      "dist/others.cjs",
      "dist/program.cjs",
      "dist/seal.cjs",
      "dist/sealwright.cjs",
      "dist/template-worker.js",
      "package.json",
      "schema/project-v1.schema.json",
    ]);
  });

  it("the controller holds its program and the template engine, and nothing else", async () => {
    expect((await filesOf("controller")).toSorted()).toEqual([
      "LICENSE",
      "dist/LICENSES.txt",
      "dist/controller.js",
      "dist/engine.LICENSES.txt",
      "dist/engine.wasm.gz",
      "dist/template-worker.js",
      "package.json",
    ]);
  });

  it("runs each program", async () => {
    const { bin } = await manifestOf("cli");
    expect(await run(`cli/${bin["sealwright"]}`, ["--version"])).toEqual({
      code: 0,
      stdout: `sealwright ${VERSION}\n`,
      stderr: "",
    });
    expect(await run(`cli/${bin["kubeseal"]}`, ["--version"])).toMatchObject({
      stdout: `kubeseal version: ${VERSION}\n`,
    });
    const controller = await run("controller/dist/controller.js", ["--version"]);
    expect(controller).toMatchObject({ code: 0, stdout: `controller version: ${VERSION}\n` });
  });

  it("means the same without its cached data, or with that of another Node", async () => {
    await cp(join(folder, "cli"), join(folder, "bare"), { recursive: true });
    const cachedData = join(folder, `bare/dist/program.cjs.v8-${process.versions.v8}-${process.arch}`);
    const damaged = Buffer.from(await readFile(cachedData));
    damaged.fill(0x55, 0, 32);
    await writeFile(cachedData, damaged);
    const expectSame = async () => {
      expect(await run("bare/dist/sealwright.cjs", ["--version"])).toMatchObject({ code: 0, stderr: "" });
      // What it takes to say so is in all files of the program, and in the packages.
      const refused = await run("bare/dist/sealwright.cjs", ["seal", "--cert", "none.pem", "none.yaml"]);
      expect(refused).toMatchObject({
        code: 7,
        stdout: "",
        stderr: expect.stringMatching(/^error: none.yaml cannot be read/),
      });
    };
    await expectSame();
    await rm(cachedData);
    await expectSame();
  });

  it("the controller's image holds what it runs, and writes nowhere", async () => {
    const image = join(folder, "image");
    const { user, entrypoint, env } = await assemble("deploy/Dockerfile.controller", image);
    expect({ user, entrypoint }).toEqual({ user: "65532:65532", entrypoint: ["controller"] });
    expect(env).toEqual({ MALLOC_ARENA_MAX: "1" });
    const before = await readdir(image, { recursive: true });
    const program = join(image, "usr/local/bin/controller");
    expect((await readFile(program, "utf8")).split("\n")[0]).toBe("#!/nodejs/bin/node");
    const { stdout } = await run("image/usr/local/bin/controller", ["--version"]);
    expect(stdout).toBe(`controller version: ${VERSION}\n`);
    expect(await readdir(image, { recursive: true })).toEqual(before);
  });

  it("seals with the program, and opens it with the library", async () => {
    const pem = await sealingKey();
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a", namespace: "b" },
      stringData: { c: "d" },
    };
    await writeFile(join(folder, "cert.pem"), pem.certificate);
    const args = ["seal", "--cert", join(folder, "cert.pem"), "--output", "json"];
    const sealed = await run("cli/dist/sealwright.cjs", args, JSON.stringify(secret));
    expect({ code: sealed.code, stderr: sealed.stderr }).toEqual({ code: 0, stderr: "" });
    const core = (await import(sourceOf("packages/core/dist/index.js"))) as typeof import("@sealwright/core");
    const opened = await core.unseal(
      core.readSealedSecret(JSON.parse(sealed.stdout)),
      new KeyRing([await readSealingKey(pem)]),
    );
    expect(Buffer.from(opened.secret.data.get("c") ?? []).toString()).toBe("d");
  });

  it("renders a template with the engine that lies beside the program", async () => {
    const pem = await sealingKey();
    const certificate = await readCertificate(pem.certificate);
    const metadata = { name: "a", namespace: "b" };
    const secret = readSecret({ apiVersion: "v1", kind: "Secret", metadata, stringData: { user: "me" } });
    const sealed = await seal(secret, { certificate });
    const template = { ...sealed.spec.template, data: { greeting: "Hello, {{ .user | upper }}" } };
    await writeFile(join(folder, "key.pem"), pem.privateKey, { mode: 0o600 });
    const args = ["--recovery-unseal", "--recovery-private-key", join(folder, "key.pem")];
    const stdin = JSON.stringify({ ...sealed, spec: { ...sealed.spec, template } });
    const opened = await run("cli/dist/kubeseal.cjs", args, stdin);
    expect({ code: opened.code, stderr: opened.stderr }).toEqual({ code: 0, stderr: "" });
    expect(readSecret(JSON.parse(opened.stdout)).data.get("greeting")?.toString()).toBe("Hello, ME");
  });

  it("decrypts on threads whose program lies beside the program", async () => {
    const pem = await sealingKey();
    const sealed = await seal(manyItems(), { certificate: await readCertificate(pem.certificate) });
    const file = "cli/dist/unseal-with-threads.js";
    await build({
      stdin: { contents: UNSEAL_WITH_THREADS, resolveDir: sourceOf("."), sourcefile: "unseal-with-threads.ts" },
      outfile: join(folder, file),
      bundle: true,
      conditions: ["sealwright-bundle"],
      platform: "node",
      format: "esm",
      external: ["node-forge"],
      logLevel: "warning",
    });
    const opened = await run(file, [], JSON.stringify({ pem, sealed }));
    expect(opened).toEqual({ code: 0, stdout: '{"items":20,"threads":2}', stderr: "" });
  });

  it("the controller opens and renders on a cluster, with what lies beside it", async () => {
    const cluster = await startEmbeddedCluster();
    const program = join(folder, "controller/dist/controller.js");
    const controller = await startController(cluster, { program });
    try {
      const world = new ControllerWorld(cluster, "b");
      await world.makeNamespace();
      const { spec, ...sealed } = await seal(manyItems(), { certificate: await world.certificateOf(controller.url) });
      const data = { greeting: 'Hello, {{ index . "item-0" | upper }}' };
      await world.apply({ ...sealed, spec: { ...spec, template: { ...spec.template, data } } });
      await world.synced("a", "True");
      const made = (await world.secret("a"))?.data;
      expect(Object.keys(made ?? {})).toHaveLength(21);
      expect(made?.["greeting"]).toBe(base64("Hello, VALUE"));
    } finally {
      await controller.stop();
      await cluster.stop();
    }
  });
});

function sealingKey() {
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
  return createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
}

/** More than are decrypted before threads are asked. */
function manyItems() {
  const stringData = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`item-${index}`, "value"]));
  return readSecret({ apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "b" }, stringData });
}

/** Tells how many items it opened, and on how many threads. */
const UNSEAL_WITH_THREADS = `
  import { createDecryptionThreads, KeyRing, readSealingKey, unseal } from "@sealwright/core";
  import { json } from "node:stream/consumers";
  let threads = 0;
  process.on("worker", () => { threads += 1; });
  const { pem, sealed } = await json(process.stdin);
  const pool = createDecryptionThreads({ threads: 2 });
  const { secret } = await unseal(sealed, new KeyRing([await readSealingKey(pem)]), { threads: pool });
  pool.close();
  process.stdout.write(JSON.stringify({ items: secret.data.size, threads }));
`;
