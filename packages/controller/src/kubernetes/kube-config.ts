import { readFile } from "node:fs/promises";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Log } from "../log.ts";

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

/**
 * Reads the file again whenever it is asked, and has changed: whoever renews its token or certificates restarts nothing. What cannot be
 * read, or names another API server, changes nothing but the log: what is known of one cluster is not to be told to another.
 *
 * @returns the configuration at that moment, the same object for as long as nothing changed
 */
export function followKubeConfig(source: KubeConfigSource, loaded: KubeConfig, log: Log): () => Promise<KubeConfig> {
  const { kubeconfig: file } = source;
  if (file === undefined) return async () => loaded;
  let current = loaded;
  let seen: string | null = null;
  return async () => {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text === seen) return current;
    const first = seen === null;
    seen = text;
    try {
      const next = loadKubeConfig(source);
      if (serverOf(next) !== serverOf(loaded)) throw new Error(`${file} names another API server: restart to use it`);
      if (!first) log.info("The kubeconfig has changed and is used from now on", { name: file });
      current = next;
    } catch (error) {
      log.warn("The former kubeconfig stays in use", { message: error instanceof Error ? error.message : "unknown" });
    }
    return current;
  };
}

function serverOf(config: KubeConfig): string | undefined {
  return config.getCurrentCluster()?.server;
}

/** The namespace that the controller runs in: where its sealing keys are. */
export async function ownNamespace(config: KubeConfig): Promise<string> {
  const declared = process.env["POD_NAMESPACE"];
  if (declared !== undefined && declared !== "") return declared;
  const mounted = await readFile(`${SERVICE_ACCOUNT}/namespace`, "utf8").catch(() => "");
  if (mounted.trim() !== "") return mounted.trim();
  return config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
}
