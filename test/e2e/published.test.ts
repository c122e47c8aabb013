import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createSealingKey, KeyRing, readCertificate, readSealingKey, readSecret, seal } from "@sealwright/core";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import cli from "../../packages/cli/package.json" with { type: "json" };
import { assemble } from "../programs/dockerfile.ts";
import { runProgram, sourceOf } from "../programs/program.ts";

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

  it("the command line holds its programs, what they load, and man pages, and nothing else", async () => {
    const files = await readdir(join(folder, "cli"), { recursive: true, withFileTypes: true });
    const names = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const others = names
      .map((name) => relative(join(folder, "cli"), name).replaceAll("\\", "/"))
      .filter(
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
    const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
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
    const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
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

  it.each(["cli", "controller"])("%s: decrypts on threads whose program lies beside the program", async (name) => {
    const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
    const stringData = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`item-${index}`, "value"]));
    const secret = readSecret({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a", namespace: "b" },
      stringData,
    });
    const sealed = await seal(secret, { certificate: await readCertificate(pem.certificate) });
    const file = `${name}/dist/unseal-with-threads.js`;
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
});

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
