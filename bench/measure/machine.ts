import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { GO_PROJECT_VERSION } from "../../test/peers/peer-modules.ts";
import { sourceOf } from "../../test/programs/program.ts";

/** Where and with what something was measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly system: string;
  /** Name and version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Processes that wanted a core in the minute before: another's work, where it is not near 0. */
  readonly load: number;
}

/** The machine as it is now. */
export function thisMachine(): Machine {
  const { version } = JSON.parse(readFileSync(sourceOf("packages/core/package.json"), "utf8")) as { version: string };
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${release().replace(/-.*/, "")}`,
    versions: {
      Sealwright: version,
      Node: process.versions.node,
      OpenSSL: process.versions.openssl,
      "sealed-secrets": GO_PROJECT_VERSION,
      Go: goVersion(),
    },
    load: loadavg()[0] ?? 0,
  };
}

/** The Go that builds the peers; a machine that has their programs need not have it. */
function goVersion(): string {
  try {
    const folder = sourceOf("test/peers/core-bench");
    return execFileSync("go", ["env", "GOVERSION"], { cwd: folder, encoding: "utf8" }).trim().replace(/^go/, "");
  } catch {
    return "unknown";
  }
}
