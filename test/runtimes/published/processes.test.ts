import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSealedSecret, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../../programs/program.ts";
import { bunProgram, oldestNodeProgram } from "../programs.ts";
import { createWorld, type World } from "./world.ts";

const RUNTIMES = [
  ["Node 22.19", oldestNodeProgram()],
  ["Node 24", process.execPath],
  ["Bun", bunProgram()],
] as const;

const SECRET = `apiVersion: v1
kind: Secret
metadata: { name: database, namespace: shop }
stringData: { password: correct-horse }
`;

/** Seals, opens and renders; says which backing its cryptography has. */
const SMOKE = `import { createSealingKey, createTemplateEngine, KeyRing, readSealingKey, seal, unseal } from "@sealwright/core";
const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
const key = await readSealingKey(await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter }));
const data = new Map([["user", new TextEncoder().encode("me")]]);
const sealed = await seal({ metadata: { name: "a", namespace: "b" }, data }, key);
const template = { ...sealed.spec.template, data: { greeting: "Hello, {{ .user | upper }}" } };
const templates = createTemplateEngine();
const opened = await unseal({ ...sealed, spec: { ...sealed.spec, template } }, new KeyRing([key]), { templates });
templates.close();
const backing = "object" in key.privateKey ? "node:crypto" : "WebCrypto";
process.stdout.write(\`\${backing}: \${new TextDecoder().decode(opened.secret.data.get("greeting"))}\`);
`;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await writeFile(join(world.folder, "cluster.pem"), world.certificate);
  await writeFile(join(world.folder, "smoke.mjs"), SMOKE);
});
afterAll(() => world?.remove());

describe.each(RUNTIMES.filter(([, program]) => program !== null))("in %s", (_, program) => {
  it("seals, opens and renders with node:crypto", async () => {
    expect(await run(["smoke.mjs"])).toEqual({ code: 0, stdout: "node:crypto: Hello, ME", stderr: "" });
  });

  it("runs the example script", async () => {
    const { code, stdout, stderr } = await run(["node-script/seal-and-inspect.ts", "cluster.pem"], SECRET);
    expect({ code, stderr: withoutWarnings(stderr) }).toEqual({ code: 0, stderr: "database: 1 items sealed\n" });
    const { secret } = await unseal(readSealedSecret(readManifests(stdout)[0]?.value), world.ring);
    expect(new TextDecoder().decode(secret.data.get("password"))).toBe("correct-horse");
  });

  async function run(args: readonly string[], stdin = "") {
    const child = spawn(program ?? "", args, { cwd: world.folder, stdio: ["pipe", "pipe", "pipe"] });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    child.stdin.end(stdin);
    const code = await new Promise((resolve) => child.once("close", resolve));
    return { code, stdout: stdout(), stderr: stderr() };
  }
});

/** Node 22 says of each TypeScript file that taking its types off is experimental. */
function withoutWarnings(stderr: string): string {
  return stderr.replace(/^\(node:\d+\) ExperimentalWarning.*\n\(Use .*\n/m, "");
}
