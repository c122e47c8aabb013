/**
 * `npm run docs`: the reference of core's API, from its doc comments, into docs/api. It is committed, for whoever reads it on a Git host;
 * `npm run docs -- --check` fails where it is not what the comments say. An exported symbol without a comment fails both.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMMITTED = join(import.meta.dirname, "../../docs/api");

if (process.argv.includes("--check")) check();
else make(COMMITTED);

function make(folder: string): void {
  const typedoc = join(import.meta.dirname, "node_modules/typedoc/bin/typedoc");
  const options = ["--options", join(import.meta.dirname, "typedoc.json"), "--out", folder, "--logLevel", "Warn"];
  const { status } = spawnSync(process.execPath, [typedoc, ...options], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

function check(): void {
  const folder = mkdtempSync(join(tmpdir(), "sealwright-docs-"));
  try {
    make(folder);
    const files = new Set([...filesOf(folder), ...filesOf(COMMITTED)]);
    const stale = [...files].filter((file) => textOf(folder, file) !== textOf(COMMITTED, file));
    for (const file of stale) process.stderr.write(`error: docs/api/${file} is not what the doc comments say\n`);
    if (stale.length > 0) process.stderr.write("hint: npm run docs\n");
    else process.stdout.write("The reference in docs/api is what the doc comments say.\n");
    process.exitCode = stale.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function filesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function textOf(folder: string, file: string): string | null {
  return existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : null;
}
