import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { freePort } from "../cluster/real/free-port.ts";
import { Part } from "../cluster/real/part.ts";
import { Reaper } from "../cluster/real/reaper.ts";
import { until } from "../cluster/until.ts";
import { requirePeers } from "./binaries.ts";
import { goProjectManifests } from "./go-project-manifests.ts";

export interface GoControllerOptions {
  /** Where its keys and its Service are; `kube-system` unless told. */
  readonly namespace?: string;
  /** Flags beside the addresses to listen on: `--all-namespaces=false`. */
  readonly args?: readonly string[];
  /** What is installed before it starts; the Go project's own CRD and RBAC unless told. */
  readonly manifests?: readonly Manifest[];
}

export interface GoController {
  readonly namespace: string;
  /** `http://127.0.0.1:PORT` of the API that clients reach through the Service. */
  readonly url: string;
  readonly metricsUrl: string;
  /** Makes it generate a new sealing key; the key is served when the promise resolves. */
  renewKey(): Promise<void>;
  /** All that it has logged. */
  log(): string;
  /** Ends it; what is in the cluster stays. Safe to call twice. */
  stop(): Promise<void>;
}

const ACCOUNT = "sealed-secrets-controller";
const SERVICE = "sealed-secrets-controller";

/** Starts the Go project's controller against a cluster; its newest key is served when the promise resolves. */
export async function startGoController(cluster: Cluster, options: GoControllerOptions = {}): Promise<GoController> {
  const { namespace = "kube-system", args = [], manifests = goProjectManifests(namespace) } = options;
  const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
  const reaper = new Reaper(folder);
  const port = await freePort();
  const metricsPort = await freePort(port);
  const url = `http://127.0.0.1:${port}`;
  const listen = [`--listen-addr=127.0.0.1:${port}`, `--listen-metrics-addr=127.0.0.1:${metricsPort}`];
  const command = await goControllerCommand(cluster, { namespace, folder, args: [...listen, ...args] });
  const part = new Part({
    name: "go-controller",
    ...command,
    folder,
    reaper,
    ready: async () => (await certificate(url)) !== null,
  });
  try {
    await applyManifests(cluster, manifests);
    await part.start();
    await cluster.exposeService({ namespace, name: SERVICE, loopbackPort: port });
  } catch (error) {
    await reaper.close();
    throw error;
  }
  return {
    namespace,
    url,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    renewKey: () => renewKey(part, url),
    log: () => part.log(),
    stop: async () => {
      await part.stop();
      await reaper.close();
    },
  };
}

export interface GoControllerCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** All that it needs of an environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How the Go project's controller is started, for who starts it himself. The process that this makes becomes the controller.
 *
 * @param folder gets its ServiceAccount's files, which must outlive the start
 */
export async function goControllerCommand(
  cluster: Cluster,
  { namespace, folder, args }: { namespace: string; folder: string; args: readonly string[] },
): Promise<GoControllerCommand> {
  const { goController } = requirePeers("goController");
  const token = await cluster.serviceAccountToken(namespace, ACCOUNT);
  const account = join(folder, "account");
  await writeAccount(account, { token, namespace, "ca.crt": cluster.certificateAuthority });
  return {
    program: "unshare",
    args: [...unshareFlags(), "sh", "-c", IN_A_POD, "in-a-pod", account, goController, ...args],
    env: podEnvironment(cluster.server, namespace),
  };
}

/** Why the Go controller could not run on this machine even if it is built; null where it can. */
export function goControllerObstacle(): string | null {
  const tried = spawnSync("unshare", [...unshareFlags(), "sh", "-c", "mount -t tmpfs tmpfs /var/run"]);
  return tried.status === 0 ? null : "the Go controller needs Linux, and root or user namespaces";
}

/**
 * The program reads its ServiceAccount from one fixed folder, which is the whole machine's: a mount namespace gives each controller one
 * of its own. Arguments: the folder with the ServiceAccount's files, then the program and what it is to be told.
 */
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

/** It serves the key whose certificate is valid from the latest second, the first of two in the same one: so the next is waited for. */
async function renewKey(part: Part, url: string): Promise<void> {
  const former = await until(async () => (await certificate(url)) ?? undefined, { what: "the present sealing key" });
  const nextSecond = new X509Certificate(former).validFromDate.getTime() + 1_000;
  await until(() => Date.now() >= nextSecond, { what: "the next second" });
  part.signal("SIGUSR1");
  const changed = async () => ![former, null].includes(await certificate(url));
  await until(changed, { what: "a new sealing key" });
}

/** The certificate that it serves, or null while it does not. */
async function certificate(url: string): Promise<string | null> {
  try {
    const { statusCode, body } = await request(`${url}/v1/cert.pem`);
    const pem = await body.text();
    return statusCode === 200 ? pem : null;
  } catch {
    return null;
  }
}
