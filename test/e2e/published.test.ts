import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey, KeyRing, readCertificate, readSealingKey, readSecret, seal } from "@sealwright/core";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram, sourceOf } from "../programs/program.ts";

interface Package {
  readonly version: string;
  readonly dependencies?: object;
  readonly publishConfig: { readonly bin: Readonly<Record<string, string>> };
}

const manifestOf = async (name: string) =>
  JSON.parse(await readFile(sourceOf(`packages/${name}/package.json`), "utf8")) as Package;

/** What `npm run build` makes, run far from this workspace's node_modules. */
describe("what is published", () => {
  let folder: string;

  beforeAll(async () => {
    const built = await runProgram(sourceOf("tools/build.ts"));
    expect({ code: built.code, stderr: built.stderr }).toEqual({ code: 0, stderr: "" });
    folder = await mkdtemp(join(tmpdir(), "sealwright-published-"));
    for (const name of ["cli", "controller"]) await install(name);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function install(name: string): Promise<void> {
    const { publishConfig } = await manifestOf(name);
    await mkdir(join(folder, name, "dist"), { recursive: true });
    const beside = ["dist/template-worker.js", "dist/engine.wasm.gz", "dist/decryption-worker.js"];
    for (const file of ["package.json", ...beside, ...new Set(Object.values(publishConfig.bin))]) {
      await copyFile(sourceOf(`packages/${name}/${file}`), join(folder, name, file));
    }
  }

  const run = (file: string, args: readonly string[], stdin = "") => runProgram(join(folder, file), { args, stdin });

  it.each(["cli", "controller"])("%s needs no other package", async (name) => {
    expect((await manifestOf(name)).dependencies).toBeUndefined();
  });

  it("runs each program", async () => {
    const { version } = await manifestOf("cli");
    expect(await run("cli/dist/sealwright.js", ["--version"])).toMatchObject({
      code: 0,
      stdout: `sealwright ${version}\n`,
    });
    expect(await run("cli/dist/kubeseal.js", ["--version"])).toMatchObject({
      stdout: `kubeseal version: ${version}\n`,
    });
    const controller = await run("controller/dist/controller.js", ["--version"]);
    expect(controller).toMatchObject({ code: 0, stdout: `controller version: ${version}\n` });
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
    const sealed = await run("cli/dist/sealwright.js", args, JSON.stringify(secret));
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
    const opened = await run("cli/dist/kubeseal.js", args, stdin);
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
