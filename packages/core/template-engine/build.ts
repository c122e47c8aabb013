/**
 * Builds the template engine's module from its Go source, and writes it compressed, with what is recorded of it and the
 * licences of what is in it. With `--check` it writes nothing and fails where the module in the repository is not what
 * its source gives.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { compileModule, type ModuleRecord, recordOf } from "./compile.ts";
import { collectLicenses } from "./licenses.ts";

const folder = import.meta.dirname;
const MODULE = join(folder, "engine.wasm.gz");
const RECORD = join(folder, "engine.json");

const module = compileModule(folder);
const record = recordOf(module, folder);
if (process.argv.includes("--check")) check();
else write();

function write(): void {
  const compressed = gzipSync(module, { level: 9 });
  writeFileSync(MODULE, compressed);
  writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(join(folder, "LICENSES.txt"), collectLicenses(folder));
  process.stdout.write(`${module.length} bytes, ${compressed.length} compressed, ${record.go}, ${record.sha256}\n`);
}

function check(): void {
  const recorded = JSON.parse(readFileSync(RECORD, "utf8")) as ModuleRecord;
  const committed = recordOf(gunzipSync(readFileSync(MODULE)), folder).sha256;
  const differences = [
    recorded.go === record.go ? null : `it was built with ${recorded.go}, and now with ${record.go}`,
    recorded.sha256 === record.sha256 ? null : `its source gives ${record.sha256}, and ${recorded.sha256} is recorded`,
    committed === recorded.sha256 ? null : `the module itself is ${committed}, and ${recorded.sha256} is recorded`,
  ].filter((difference) => difference !== null);
  for (const difference of differences) process.stderr.write(`error: the template engine's module: ${difference}\n`);
  if (differences.length === 0) process.stdout.write(`The template engine's module is what its source gives.\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}
