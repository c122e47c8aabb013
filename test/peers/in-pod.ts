import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";

/** How to start what believes that it is in a pod. */
export interface PodCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** All that it needs of an environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface PodOptions {
  readonly account: { readonly namespace: string; readonly name: string };
  /** Gets the ServiceAccount's files, which must outlive the start. */
  readonly folder: string;
  /** The program, and what it is to be told. The process that is started becomes it. */
  readonly command: readonly string[];
}

/** Programs in a pod read their ServiceAccount from one fixed folder, which is the whole machine's: a mount namespace gives each its own. */
export async function commandInPod(
  cluster: Cluster,
  { account: { namespace, name }, folder, command }: PodOptions,
): Promise<PodCommand> {
  const token = await cluster.serviceAccountToken(namespace, name);
  const account = join(folder, "account");
  await writeAccount(account, { token, namespace, "ca.crt": cluster.certificateAuthority });
  return {
    program: "unshare",
    args: [...unshareFlags(), "sh", "-c", IN_A_POD, "in-a-pod", account, ...command],
    env: podEnvironment(cluster.server, namespace),
  };
}

/** Whether this machine can do that: it takes Linux, and root or user namespaces. */
export function podsPossible(): boolean {
  return spawnSync("unshare", [...unshareFlags(), "sh", "-c", "mount -t tmpfs tmpfs /var/run"]).status === 0;
}

/** Arguments: the folder with the ServiceAccount's files, then the program and what it is to be told. */
const IN_A_POD = `
set -e
mount -t tmpfs tmpfs /var/run
mkdir -p /var/run/secrets/kubernetes.io
cp -r "$1" /var/run/secrets/kubernetes.io/serviceaccount
shift
exec "$@"
`;

function unshareFlags(): readonly string[] {
  return process.getuid?.() === 0 ? ["--mount"] : ["--mount", "--map-root-user"];
}

async function writeAccount(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content, { mode: 0o600 })),
  );
}

function podEnvironment(server: string, namespace: string): Record<string, string> {
  const { hostname, port } = new URL(server);
  return {
    PATH: process.env["PATH"] ?? "",
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    POD_NAMESPACE: namespace,
  };
}
