import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSealedSecret, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { build } from "esbuild";
import { type Browser, chromium, type Page, type Request } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chromiumProgram, FLAGS } from "../chromium/program.ts";
import { type StaticServer, serveFolder } from "./static-server.ts";
import { createWorld, type World } from "./world.ts";

const PLAINTEXT = "Zx9vQ7-tyrannosaurus-4411-kR2m";

let world: World;
let server: StaticServer;
let browser: Browser;

beforeAll(async () => {
  world = await createWorld();
  // What `npm run build` of the example does.
  await bundle("browser-page/page.ts", "browser-page/page.js");
  server = await serveFolder(world.folder);
  browser = await chromium.launch({ executablePath: chromiumProgram() ?? "", args: [...FLAGS] });
});
afterAll(async () => {
  await browser?.close();
  server?.stop();
  await world?.remove();
});

describe("the page that seals", () => {
  let page: Page;
  let requests: Request[];

  beforeEach(async () => {
    page = await browser.newPage();
    requests = [];
    page.on("request", (request) => requests.push(request));
    await page.goto(`${server.origin}/browser-page/index.html`);
    return () => page.close();
  });

  it.each([
    ["strict", "shop", "database"],
    ["namespace-wide", "shop", "database"],
    ["cluster-wide", "shop", "database"],
  ])("seals a value that opens with the key: %s", async (scope, namespace, name) => {
    await fill({ scope, namespace, name });
    await page.getByRole("button", { name: "Seal" }).click();
    const { secret } = await unseal(readSealedSecret(await sealed()), world.ring);
    expect(secret.metadata).toMatchObject({ namespace, name });
    expect([...secret.data.keys()]).toEqual(["password"]);
    expect(new TextDecoder().decode(secret.data.get("password"))).toBe(PLAINTEXT);
  });

  it("sends the value nowhere, and keeps it no longer than it must", async () => {
    await fill({});
    const before = requests.length;
    await page.getByRole("button", { name: "Seal" }).click();
    await sealed();
    expect(requests.slice(before)).toEqual([]);
    expect(requests.map((request) => [request.method(), request.url()])).toEqual([
      ["GET", `${server.origin}/browser-page/index.html`],
      ["GET", `${server.origin}/browser-page/page.js`],
    ]);
    expect(await page.getByLabel("Value").inputValue()).toBe("");
    expect(await page.content()).not.toContain(PLAINTEXT);
  });

  it("could not send it if it wanted to", async () => {
    const outcome = await page.evaluate(async () => {
      const answer = await fetch("/").catch(() => "refused");
      return answer === "refused" ? answer : "sent";
    });
    expect(outcome).toBe("refused");
  });

  it.each([
    ["a certificate that is none", { certificate: PLAINTEXT }, "this is not a PEM certificate"],
    ["a name that Kubernetes refuses", { name: "Not_A_Name" }, "metadata.name must be a DNS name in lower case"],
    ["an item that Kubernetes refuses", { item: "a b" }, "cannot name an item"],
  ])("says what is wrong with %s, without the value", async (_, fields, message) => {
    await fill(fields);
    await page.getByRole("button", { name: "Seal" }).click();
    const alert = page.getByRole("alert");
    await alert.filter({ hasText: message }).waitFor();
    expect(await alert.textContent()).not.toContain(PLAINTEXT);
    expect(await page.locator("pre").textContent()).toBe("");
  });

  async function fill(fields: Readonly<Record<string, string>>): Promise<void> {
    const { scope = "strict", ...texts }: Record<string, string> = {
      certificate: world.certificate,
      namespace: "shop",
      name: "database",
      item: "password",
      value: PLAINTEXT,
      ...fields,
    };
    await page.getByLabel("Scope").selectOption(scope);
    for (const [name, text] of Object.entries(texts)) await page.locator(`[name=${name}]`).fill(text);
  }

  async function sealed(): Promise<unknown> {
    await page.locator("pre", { hasText: "encryptedData" }).waitFor();
    return readManifests((await page.locator("pre").textContent()) ?? "")[0]?.value;
  }
});

it("renders templates in a page, with the engine and the worker that the package exports", async () => {
  await mkdir(join(world.folder, "templates"));
  await writeFile(
    join(world.folder, "templates/page.ts"),
    `import { createTemplateEngine } from "@sealwright/core";
     const answer = await fetch("engine.wasm.gz");
     const module = new Uint8Array(await answer.arrayBuffer());
     const engine = createTemplateEngine({ module, worker: new URL("worker.js", location.href) });
     const items = new Map([["user", new TextEncoder().encode("me")]]);
     const templates = new Map([["greeting", "Hello, {{ .user | upper }}"]]);
     const rendered = await engine.render({ namespace: "shop", items, templates });
     engine.close();
     document.body.textContent = new TextDecoder().decode(rendered.get("greeting"));`,
  );
  await writeFile(join(world.folder, "templates/worker.ts"), 'import "@sealwright/core/template-worker";');
  await writeFile(join(world.folder, "templates/index.html"), '<script type="module" src="page.js"></script>');
  await bundle("templates/page.ts", "templates/page.js");
  await bundle("templates/worker.ts", "templates/worker.js");
  await bundle("@sealwright/core/template-engine.wasm.gz", "templates/engine.wasm.gz");
  const page = await browser.newPage();
  await page.goto(`${server.origin}/templates/index.html`);
  await page.getByText("Hello, ME", { exact: true }).waitFor();
});

async function bundle(source: string, outfile: string): Promise<void> {
  await build({
    absWorkingDir: world.folder,
    entryPoints: [source],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    loader: { ".gz": "copy" },
    logLevel: "error",
  });
}
