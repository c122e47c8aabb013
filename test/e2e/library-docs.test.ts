import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSealingKey } from "@sealwright/core";
import { writeManifest } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runProgram, sourceOf } from "../programs/program.ts";
import { installPublishedCore } from "../programs/published-core.ts";

interface Snippet {
  readonly heading: string;
  readonly program: string;
  readonly output: string;
}

const PAGE = await readFile(sourceOf("docs/library.md"), "utf8");
const SNIPPETS = snippetsOf(PAGE);

let folder: string;

/** A reader's folder: core as it is published, a Secret, the cluster's certificate and a backup of its key. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-library-"));
  await installPublishedCore(folder);
  await symlink(sourceOf("node_modules/@types"), join(folder, "node_modules/@types"), "junction");
  await copyFile(sourceOf("examples/quickstart/database.yaml"), join(folder, "database.yaml"));
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  const key = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
  await writeFile(join(folder, "cluster.pem"), key.certificate);
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "sealed-secrets-keyabcde", namespace: "kube-system" },
    stringData: { "tls.crt": key.certificate, "tls.key": key.privateKey },
  };
  await writeFile(join(folder, "sealing-keys.yaml"), writeManifest(secret, "yaml"), { mode: 0o600 });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  for (const [index, { program }] of SNIPPETS.entries()) await writeFile(join(folder, `${index}.ts`), program);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("has a program for each of its chapters", () => {
  expect(SNIPPETS.map(({ heading }) => heading)).toEqual([
    "Seal",
    "Seal",
    "Change what is sealed, without a key",
    "Look at what is sealed, without a key",
    "Open, with the keys",
    "Errors",
  ]);
});

it("is sound to the compiler, with the types that are published", async () => {
  const compilerOptions = { noEmit: true, strict: true, target: "es2024", module: "nodenext", types: ["node"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const tsc = sourceOf("node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
});

it.each(SNIPPETS.map(({ heading }, index) => [index, heading] as const))(
  "says what its program prints: %i, %s",
  async (index) => {
    const { code, stdout, stderr } = await runProgram(join(folder, `${index}.ts`), { cwd: folder });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: SNIPPETS[index]?.output, stderr: "" });
  },
);

/** Each program, with the output that follows it. */
function snippetsOf(page: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  let heading = "";
  for (const [, title, program, output] of page.matchAll(
    /^## (.*)$|^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm,
  )) {
    heading = title ?? heading;
    if (program !== undefined) snippets.push({ heading, program, output: output ?? "" });
  }
  return snippets;
}
