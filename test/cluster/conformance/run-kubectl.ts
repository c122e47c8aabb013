import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { requirePeers } from "../../peers/binaries.ts";

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real kubectl with a home of its own, so that what it remembers of a cluster is this one's. */
export class Kubectl {
  readonly #program: string;
  readonly #home: string;

  private constructor(program: string, home: string) {
    this.#program = program;
    this.#home = home;
  }

  /** Takes the text of a kubeconfig. */
  static async create(kubeconfig: string): Promise<Kubectl> {
    const { kubectl } = requirePeers("kubectl");
    const home = await mkdtemp(join(tmpdir(), "sealwright-kubectl-"));
    await writeFile(join(home, "kubeconfig"), kubeconfig, { mode: 0o600 });
    return new Kubectl(kubectl, home);
  }

  /** Runs it to its end; objects on its input go as JSON. An exit code other than 0 is a result and no error. */
  async run(args: readonly string[], input?: object | string): Promise<KubectlResult> {
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.#home, KUBECONFIG: join(this.#home, "kubeconfig") };
    const child = spawn(this.#program, args, { env, stdio: "pipe" });
    child.stdin.on("error", () => undefined).end(typeof input === "object" ? JSON.stringify(input) : input);
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => (code === null ? reject(new Error(`kubectl: ${signal}`)) : resolve(code)));
    });
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, stdout, stderr };
  }

  async remove(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }
}
