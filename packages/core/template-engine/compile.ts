import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limitMemory } from "./memory-limit.ts";

/** What is known of the module beside it, in `engine.json`. */
export interface ModuleRecord {
  /** Go's version, `go1.26.8`. */
  readonly go: string;
  /** Of the module, not compressed, in hex. */
  readonly sha256: string;
}

/** What an instance may use at the most, in bytes. */
const MEMORY_LIMIT = 256 * 2 ** 20;

/** The same bytes on every machine and in every folder. */
const BUILD_FLAGS = ["-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w -buildid="];

/** Compiles the Go source in a folder. Throws an Error with Go's own words. */
export function compileModule(folder: string): Uint8Array {
  const draft = mkdtempSync(join(tmpdir(), "sealwright-template-engine-"));
  try {
    const file = join(draft, "engine.wasm");
    runGo(folder, "build", ...BUILD_FLAGS, "-o", file, ".");
    return limitMemory(readFileSync(file), MEMORY_LIMIT);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** What a module as compiled by this machine's Go is recorded as. */
export function recordOf(module: Uint8Array, folder: string): ModuleRecord {
  return {
    go: runGo(folder, "env", "GOVERSION").trim(),
    sha256: createHash("sha256").update(module).digest("hex"),
  };
}

/** All that steers the result, and part of it is written into the module. */
const TARGET = {
  GOOS: "wasip1",
  GOARCH: "wasm",
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly",
  GOFIPS140: "off",
  GOWORK: "off",
};

/** Runs exactly the Go that go.mod names, which `go` fetches where the machine has another. */
export function runGo(folder: string, ...parameters: readonly string[]): string {
  const version = /^go (\S+)$/m.exec(readFileSync(join(folder, "go.mod"), "utf8"))?.[1];
  const { GOEXPERIMENT: _experiment, GOWASM: _wasm, ...rest } = process.env;
  const env = { ...rest, ...TARGET, GOTOOLCHAIN: `go${version}` };
  const { error, status, stdout, stderr } = spawnSync("go", parameters, { cwd: folder, env, encoding: "utf8" });
  if (error !== undefined) throw new Error("Go is not installed, or not on PATH: see https://go.dev/doc/install");
  if (status !== 0) throw new Error(`go ${parameters[0]} failed:\n${stderr.trim()}`);
  return stdout;
}
