import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";

/** The administrator's kubeconfig as a file, for as long as the action takes. */
export async function withKubeconfigFile<T>(cluster: Cluster, action: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
  try {
    const file = join(folder, "kubeconfig");
    await writeFile(file, cluster.adminKubeconfig, { mode: 0o600 });
    return await action(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
