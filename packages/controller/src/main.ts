import { createRequire } from "node:module";
import { openAuditFile } from "./audit/audit-file.ts";
import { AuditLog } from "./audit/audit-log.ts";
import { type Config, NothingToRun, readConfig } from "./config.ts";
import { Controller } from "./controller.ts";
import { followKubeConfig, loadKubeConfig, ownNamespace } from "./kubernetes/kube-config.ts";
import { replicaIdentity } from "./leases/identity.ts";
import { createLog, type Log } from "./log.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

export interface Process {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False where the text is lost. */
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Aborted when the program is to end. */
  readonly stop: AbortSignal;
  /** Registers what is to happen when a new sealing key is asked for. */
  readonly onRenew: (renew: () => void) => void;
  /** Registers what is to happen when a profile is asked for. */
  readonly onProfile: (profile: () => void) => void;
}

/** Runs the controller until it is stopped. Resolves to the exit code; never throws. */
export async function main(process: Process): Promise<number> {
  try {
    await run(readConfig(process.argv, process.env, version), process);
    return 0;
  } catch (error) {
    if (error instanceof NothingToRun) {
      (error.exitCode === 0 ? process.stdout : process.stderr).write(error.message);
      return error.exitCode;
    }
    process.stderr.write(`error: ${error instanceof Error ? error.message : "unknown"}\n`);
    return 1;
  }
}

async function run(config: Config, process: Process): Promise<void> {
  const out = config.logInfoToStdout ? process.stdout : process.stderr;
  const log = createLog({ format: config.logFormat, level: config.logLevel, out, err: process.stderr });
  const kubeConfig = loadKubeConfig(config);
  const namespace = await ownNamespace(kubeConfig);
  log.info("Starting sealwright-controller", { version, namespace });
  for (const message of config.warnings) log.warn(message);
  const audit = await auditLog(config.auditLog, process.stdout, log);
  const profiler = config.profileDir === undefined ? null : await openProfiler(config.profileDir, log);
  const identity = replicaIdentity(process.env["POD_NAME"]);
  const controller = new Controller({
    config,
    kubeConfig,
    followKubeConfig: followKubeConfig(config, kubeConfig, log),
    namespace,
    identity,
    version,
    log,
    audit,
  });
  process.onRenew(() => controller.renewKey());
  process.onProfile(() =>
    profiler === null ? log.warn("Profiling is off: it takes --profile-dir") : profiler.begin(),
  );
  try {
    await controller.run(process.stop);
  } finally {
    await profiler?.end();
  }
  log.info("Stopped");
}

/** Throws where the file cannot be written. */
async function auditLog(to: string | undefined, stdout: Process["stdout"], log: Log): Promise<AuditLog | null> {
  if (to === undefined) return null;
  const toStdout = async (lines: string) => {
    if (stdout.write(lines) === false) throw Object.assign(new Error("nobody reads"), { code: "EAGAIN" });
  };
  const write = to === "-" ? toStdout : await openAuditFile(to);
  return new AuditLog({ write, log, clock: { now: () => new Date() } });
}

/** Loaded only where it is asked for: what looks into the process has no place in it otherwise. */
async function openProfiler(folder: string, log: Log) {
  const { Profiler } = await import("./profiling.ts");
  return Profiler.open({ folder, log });
}
