import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { requirePeers } from "./binaries.ts";

export interface KubesealOptions {
  readonly stdin?: string | Uint8Array;
  /** The text of a kubeconfig; none unless given, whatever the machine has. */
  readonly kubeconfig?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface KubesealResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the Go project's kubeseal to its end. An exit code other than 0 is a result and no error. */
export async function runKubeseal(args: readonly string[], options: KubesealOptions = {}): Promise<KubesealResult> {
  const { kubeseal } = requirePeers("kubeseal");
  const home = await mkdtemp(join(tmpdir(), "sealwright-kubeseal-"));
  try {
    const kubeconfig = join(home, "kubeconfig");
    await writeFile(kubeconfig, options.kubeconfig ?? "", { mode: 0o600 });
    const env = { PATH: process.env["PATH"] ?? "", HOME: home, KUBECONFIG: kubeconfig, ...options.env };
    return await run(kubeseal, args, { ...options, env });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function run(program: string, args: readonly string[], options: KubesealOptions): Promise<KubesealResult> {
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: "pipe" });
  // A program that fails before it has read everything closes its input: its exit code says more than EPIPE.
  child.stdin.on("error", () => undefined).end(options.stdin);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => (code === null ? reject(new Error(`kubeseal: ${signal}`)) : resolve(code)));
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
