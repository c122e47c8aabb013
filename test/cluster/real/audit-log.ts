import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A request, as the API server's audit log tells of it, and why it was let through or was not. */
export interface AuditEvent {
  readonly user: { readonly username: string };
  /** As whom it was done, where that is somebody else. */
  readonly impersonatedUser?: {
    readonly username: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
  };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Names and verbs, no bodies; each request once, a watch when it begins. */
const POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata" }],
};

/** The audit log of a real API server that is started with `args`. */
export class AuditLog {
  readonly args: readonly string[];
  readonly #folder: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "audit.log");
    this.args = [`--audit-policy-file=${join(folder, "policy.json")}`, `--audit-log-path=${this.#file}`];
  }

  static async make(): Promise<AuditLog> {
    const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    await writeFile(join(folder, "policy.json"), JSON.stringify(POLICY));
    return new AuditLog(folder);
  }

  /** What a user has asked for so far. */
  async requestsOf(username: string): Promise<readonly AuditEvent[]> {
    const lines = (await readFile(this.#file, "utf8")).split("\n").filter((line) => line.endsWith("}"));
    return lines.map((line) => JSON.parse(line) as AuditEvent).filter(({ user }) => user.username === username);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
