import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../test/cluster/apply-manifests.ts";
import type { Cluster } from "../../test/cluster/cluster.ts";
import { kubeconfig } from "../../test/cluster/kubeconfig.ts";
import { goControllerCommand } from "../../test/peers/go-controller.ts";
import { goProjectManifests } from "../../test/peers/go-project-manifests.ts";
import { controllerToken, deployManifests } from "../../test/programs/controller.ts";
import { sourceOf } from "../../test/programs/program.ts";
import type { Command } from "../bench.ts";

/** A controller as a bench knows it: what it is installed with, and how it is started. */
export interface Contestant {
  /** CRD and RBAC, as its project ships them. */
  manifests(): Promise<readonly Manifest[]>;
  /** @param folder where it may leave files that it needs to run */
  command(cluster: Cluster, folder: string, args: readonly string[]): Promise<Command>;
  /** The metric that counts looks at SealedSecrets. */
  readonly looks: string;
}

/** Where both look for their sealing keys. */
export const HOME = "kube-system";

/** The published bundle, on the workspace's Node, as its own ServiceAccount. */
export const OURS: Contestant = {
  manifests: deployManifests,
  looks: "sealwright_controller_reconciles_total",
  command: async (cluster, folder, args) => {
    const file = join(folder, "kubeconfig");
    await writeFile(file, kubeconfig({ ...cluster, user: { token: await controllerToken(cluster) } }), { mode: 0o600 });
    return {
      program: process.execPath,
      args: [sourceOf("packages/controller/dist/controller.js"), "--kubeconfig", file, ...args],
      env: { POD_NAMESPACE: HOME },
    };
  },
};

/** Ours, with rights to the Leases of so many shards: `deploy/rbac.yaml` names those of one. */
export function withShards(shards: number): Contestant {
  const names = Array.from({ length: shards }, (_, shard) => `"sealed-secrets-key-${shard}-of-${shards}"`);
  const manifests = async () => {
    const text = JSON.stringify(await OURS.manifests());
    return JSON.parse(text.replace('"sealed-secrets-key-0-of-1"', names.join())) as readonly Manifest[];
  };
  return { ...OURS, manifests };
}

export const THEIRS: Contestant = {
  manifests: async () => goProjectManifests(HOME),
  looks: "sealed_secrets_controller_unseal_requests_total",
  command: (cluster, folder, args) => goControllerCommand(cluster, { namespace: HOME, folder, args }),
};
