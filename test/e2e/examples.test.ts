import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSealingKey,
  KeyRing,
  readSealedSecret,
  readSealingKey,
  type SealingKeyPem,
  unseal,
} from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runProgram, sourceOf } from "../programs/program.ts";
import { installPublishedCore } from "../programs/published-core.ts";

const PLAINTEXT = "Zx9vQ7-tyrannosaurus-4411-kR2m";
const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
stringData:
  password: ${PLAINTEXT}
`;

/** Far from this workspace, with core as it is published beside it. What runs in a browser is run by test/runtimes. */
let folder: string;
let key: SealingKeyPem;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-examples-"));
  await cp(sourceOf("examples"), folder, { recursive: true });
  await installPublishedCore(folder);
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  key = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
  await writeFile(join(folder, "cluster.pem"), key.certificate);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(["node-script", "browser-page", "serverless-function"])("%s needs the core that is here", async (name) => {
  const manifestAt = async (path: string) => JSON.parse(await readFile(sourceOf(`${path}/package.json`), "utf8"));
  const { dependencies } = await manifestAt(`examples/${name}`);
  expect(dependencies).toEqual({ "@sealwright/core": `^${(await manifestAt("packages/core")).version}` });
});

describe("the Node script", () => {
  const run = (args: readonly string[], stdin: string | Uint8Array) =>
    runProgram(join(folder, "node-script/seal-and-inspect.ts"), { args, stdin });
  const seal = (stdin: string | Uint8Array) => run([join(folder, "cluster.pem")], stdin);

  it("seals every Secret of a manifest, and says so", async () => {
    const { code, stdout, stderr } = await seal(`${SECRET}---\n${SECRET.replace("database", "other")}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "database: 1 items sealed\nother: 1 items sealed\n" });
    const documents = readManifests(stdout);
    expect(documents.length).toBe(2);
    const ring = new KeyRing([await readSealingKey(key)]);
    for (const { value } of documents) {
      const { secret } = await unseal(readSealedSecret(value), ring);
      expect(new TextDecoder().decode(secret.data.get("password"))).toBe(PLAINTEXT);
    }
  });

  it.each([
    ["nothing", ""],
    ["no YAML", "{"],
    ["another kind", "apiVersion: v1\nkind: ConfigMap\n"],
    ["the second of two", `${SECRET}---\nkind: Secret\n`],
  ])("says what is wrong in one line, and writes nothing: %s", async (_, stdin) => {
    const { code, stdout, stderr } = await seal(stdin);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).not.toContain(PLAINTEXT);
  });

  it.each([
    ["no argument", [], 2, /^usage: /],
    ["no such file", ["nowhere.pem"], 1, /^error: ENOENT/],
  ] as const)("says what is wrong with its arguments: %s", async (_, args, code, message) => {
    const outcome = await run(args, SECRET);
    expect(outcome).toMatchObject({ code, stdout: "" });
    expect(outcome.stderr).toMatch(message);
  });
});

describe("the serverless function", () => {
  type Module = typeof import("../../examples/serverless-function/function.ts");
  const send = async (init: RequestInit) => {
    const module: Module = await import(join(folder, "serverless-function/function.ts"));
    return module.default.fetch(new Request("http://localhost/", init));
  };
  const post = async (body: string | Uint8Array<ArrayBuffer>) => {
    const response = await send({ method: "POST", body });
    return { status: response.status, body: await response.json() };
  };
  const manifest = (encryptedData: object, metadata: object = { name: "database", namespace: "shop" }) =>
    JSON.stringify({ apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata, spec: { encryptedData } });

  it("finds nothing odd in what was sealed well", async () => {
    const { stdout } = await runProgram(join(folder, "node-script/seal-and-inspect.ts"), {
      args: [join(folder, "cluster.pem")],
      stdin: SECRET,
    });
    expect(await post(stdout)).toEqual({ status: 200, body: { plausible: true, findings: [] } });
    const renamed = await post(stdout.replace("name: database", "name: renamed"));
    expect(renamed.body).toMatchObject({
      plausible: false,
      findings: expect.arrayContaining([expect.objectContaining({ code: "hinted_elsewhere", item: "password" })]),
    });
  });

  it("names what is odd of an object and of its items", async () => {
    expect(await post(manifest({ password: "???" }, { name: "database" }))).toMatchObject({
      status: 200,
      body: {
        plausible: false,
        findings: [
          { severity: "error", code: "missing_namespace" },
          { item: "password", severity: "error", code: "not_base64", message: "not valid base64" },
        ],
      },
    });
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, number, string]>([
    ["nothing", "", 400, "not_one_document"],
    ["two documents", `${manifest({})}\n${manifest({})}`, 400, "not_one_document"],
    ["no UTF-8", Uint8Array.of(0xff), 400, "not_utf8"],
    ["half a character at the end", Uint8Array.of(0x61, 0xe2, 0x82), 400, "not_utf8"],
    ["too many bytes", " ".repeat(1_500_001), 413, "body_too_large"],
    ["no YAML", "a: [", 400, "bad_indentation"],
    ["another kind", SECRET, 422, "wrong_kind"],
    ["a field of the wrong shape", manifest({ password: 1.5e300 }), 422, "invalid_field"],
  ])("refuses %s with a code, and repeats no value", async (_, body, status, code) => {
    const answer = await post(body);
    expect(answer).toEqual({ status, body: { code, message: expect.any(String) } });
    expect(JSON.stringify(answer)).not.toContain(PLAINTEXT);
  });

  it("takes nothing but POST", async () => {
    const response = await send({});
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});
