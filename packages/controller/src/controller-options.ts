import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { AuditLog } from "./audit/audit-log.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";

export interface ControllerOptions {
  readonly config: Config;
  readonly kubeConfig: KubeConfig;
  /** See `followKubeConfig`. */
  readonly followKubeConfig: () => Promise<KubeConfig>;
  /** Its own: where the sealing keys are. */
  readonly namespace: string;
  /** Which replica this is. */
  readonly identity: string;
  readonly version: string;
  readonly log: Log;
  /** Null where none is kept. */
  readonly audit: AuditLog | null;
}

/** Null watches all of them. Naming additional ones turns that off, as in Go. */
export function watchedNamespaces({
  config,
  namespace,
}: Pick<ControllerOptions, "config" | "namespace">): readonly string[] | null {
  if (config.allNamespaces && config.additionalNamespaces.length === 0) return null;
  return [...new Set([namespace, ...config.additionalNamespaces])];
}
