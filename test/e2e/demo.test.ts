import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { BUNDLED } from "../programs/controller-program.ts";
import { runProgram, sourceOf } from "../programs/program.ts";

const DEMO = sourceOf("demo/demo.ts");

it("tells the whole story, hides every value, and leaves nothing behind", async () => {
  // As by `npm run demo`: everything from its sources, and keys as large as by default.
  const { code, stdout, stderr } = await runProgram(DEMO, { env: { [BUNDLED]: undefined } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("Secret shop/database (Opaque): password, username, byte for byte as sealed");
  expect(stdout).toMatch(/Synced False: .*cannot be decrypted/);
  for (const file of ["database", "registry", "web-tls"]) {
    const manifest = await readFile(sourceOf(`examples/quickstart/${file}.yaml`), "utf8");
    const values = manifest.slice(manifest.indexOf("stringData:")).match(/[^\s{}",]{12,}/g) ?? [];
    for (const value of values) expect(stdout).not.toContain(value);
  }
});

it("refuses a flag that it does not know", async () => {
  const { code, stdout, stderr } = await runProgram(DEMO, { args: ["--kep"] });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("--kep");
});
