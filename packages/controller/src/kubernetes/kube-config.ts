import { readFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface KubeConfigSource {
  /** A file's path; where absent, the Pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** Loads the configuration that the flags name. Throws an Error that says what to do where there is none. */
export function loadKubeConfig({ kubeconfig, context }: KubeConfigSource): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) {
    if (process.env["KUBERNETES_SERVICE_HOST"] === undefined) {
      throw new Error("not running in a Pod: KUBERNETES_SERVICE_HOST is not set; give --kubeconfig FILE");
    }
    config.loadFromCluster();
    return config;
  }
  try {
    config.loadFromFile(kubeconfig);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(`${kubeconfig}: ${missing ? "there is no such file" : "this is not a kubeconfig"}`, { cause });
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() === null) throw new Error(`${kubeconfig} names no cluster for its current context`);
  return config;
}

/** The namespace that the controller runs in: where its sealing keys are. */
export async function ownNamespace(config: KubeConfig): Promise<string> {
  const declared = process.env["POD_NAMESPACE"];
  if (declared !== undefined && declared !== "") return declared;
  const mounted = await readFile(`${SERVICE_ACCOUNT}/namespace`, "utf8").catch(() => "");
  if (mounted.trim() !== "") return mounted.trim();
  return config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
}
