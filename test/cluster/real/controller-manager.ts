import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiClient } from "../api-client.ts";
import { type KubeconfigOptions, kubeconfig } from "../kubeconfig.ts";
import { Part } from "./part.ts";
import type { Reaper } from "./reaper.ts";

export interface ControllerManagerOptions {
  readonly program: string;
  readonly folder: string;
  readonly reaper: Reaper;
  /** How it reaches the API server. */
  readonly access: KubeconfigOptions;
  readonly admin: ApiClient;
}

const KUBECONFIG_FILE = "kube-controller-manager.kubeconfig";

/**
 * The controllers that tests rely on: garbage collection, the deletion of namespaces, their default ServiceAccounts, and the built-in roles
 * that are the sum of others (`admin`, `edit`, `view`).
 */
const CONTROLLERS = [
  "garbage-collector-controller",
  "namespace-controller",
  "serviceaccount-controller",
  "clusterrole-aggregation-controller",
];

export async function controllerManager(options: ControllerManagerOptions): Promise<Part> {
  const { program, folder, reaper, access, admin } = options;
  await writeFile(join(folder, KUBECONFIG_FILE), kubeconfig(access), { mode: 0o600 });
  return new Part({
    name: "kube-controller-manager",
    program,
    folder,
    reaper,
    args: [
      `--kubeconfig=${KUBECONFIG_FILE}`,
      `--controllers=${CONTROLLERS.join(",")}`,
      "--leader-elect=false",
      "--secure-port=0",
      // Without, the garbage collector may not read custom resources, and what they owned stays.
      "--use-service-account-credentials=true",
    ],
    ready: garbageProbe(admin),
  });
}

/**
 * Leaves an orphan, a ConfigMap whose owner never was, and says true once the garbage collector has taken it away: only then does
 * the collector work, whatever the process's own health endpoint says.
 */
function garbageProbe(admin: ApiClient): () => Promise<boolean> {
  const folder = "/api/v1/namespaces/default/configmaps";
  const name = "garbage-collector-probe";
  let left = false;
  return async () => {
    if (!left) {
      const { status } = await admin.request("POST", folder, { body: orphan(name) });
      left = status === 201 || status === 409;
      return false;
    }
    const { status } = await admin.request("GET", `${folder}/${name}`);
    if (status !== 404) return false;
    left = false;
    return true;
  };
}

function orphan(name: string): object {
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "never-was", uid: randomUUID() };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ownerReferences: [owner] } };
}
