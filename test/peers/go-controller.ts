import { X509Certificate } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { applyManifests, type Manifest } from "../cluster/apply-manifests.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { freePort } from "../cluster/real/free-port.ts";
import { Part } from "../cluster/real/part.ts";
import { Reaper } from "../cluster/real/reaper.ts";
import { until } from "../cluster/until.ts";
import { SMALL_KEYS } from "../programs/controller.ts";
import { requirePeers } from "./binaries.ts";
import { goProjectManifests } from "./go-project-manifests.ts";
import { commandInPod, type PodCommand, podsPossible } from "./in-pod.ts";

export interface GoControllerOptions {
  /** Where its keys and its Service are; `kube-system` unless told. */
  readonly namespace?: string;
  /** Flags beside the addresses to listen on: `--all-namespaces=false`. Sealing keys have 2048 bits unless told. */
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
  const command = await goControllerCommand(cluster, { namespace, folder, args: [...listen, SMALL_KEYS, ...args] });
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

/**
 * How the Go project's controller is started, for who starts it himself. The process that this makes becomes the controller.
 *
 * @param folder gets its ServiceAccount's files, which must outlive the start
 */
export async function goControllerCommand(
  cluster: Cluster,
  { namespace, folder, args }: { namespace: string; folder: string; args: readonly string[] },
): Promise<PodCommand> {
  const { goController } = requirePeers("goController");
  return commandInPod(cluster, { account: { namespace, name: ACCOUNT }, folder, command: [goController, ...args] });
}

/** Why the Go controller could not run on this machine even if it is built; null where it can. */
export function goControllerObstacle(): string | null {
  return podsPossible() ? null : "the Go controller needs Linux, and root or user namespaces";
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
