import { join } from "node:path";
import { CommandError } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Kubeconfig } from "./kubeconfig.ts";

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const NAME = "in-cluster";

type Surroundings = Pick<Io, "env" | "files">;

/**
 * The kubeconfig that a Pod's ServiceAccount amounts to.
 *
 * @param folder where its token is mounted
 * @returns null outside a Pod
 */
export async function inClusterKubeconfig(io: Surroundings, folder = SERVICE_ACCOUNT): Promise<Kubeconfig | null> {
  const host = io.env["KUBERNETES_SERVICE_HOST"];
  const port = io.env["KUBERNETES_SERVICE_PORT"];
  const namespace = await inClusterNamespace(io, folder);
  if (!host || !port || namespace === null) return null;
  const server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    currentContext: NAME,
    contexts: new Map([[NAME, { cluster: NAME, user: NAME, namespace }]]),
    clusters: new Map([[NAME, { server, "certificate-authority": join(folder, "ca.crt") }]]),
    users: new Map([[NAME, { tokenFile: join(folder, "token") }]]),
    userFiles: new Map(),
  };
}

/** The Pod's namespace: `POD_NAMESPACE`, else its ServiceAccount's; null outside a Pod. */
export async function inClusterNamespace(io: Surroundings, folder = SERVICE_ACCOUNT): Promise<string | null> {
  if (!io.env["KUBERNETES_SERVICE_HOST"] || !io.env["KUBERNETES_SERVICE_PORT"]) return null;
  const ofAccount = await readIfThere(join(folder, "namespace"), io);
  return ofAccount === null ? null : io.env["POD_NAMESPACE"] || ofAccount;
}

async function readIfThere(path: string, io: Surroundings): Promise<string | null> {
  try {
    return new TextDecoder().decode(await io.files.read(path)).trim();
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}
