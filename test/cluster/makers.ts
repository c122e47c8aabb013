import { missingPeers, peersRequired } from "../peers/binaries.ts";
import type { ClusterMaker, MakerName } from "./cluster.ts";
import { startEmbeddedCluster } from "./embedded/embedded-cluster.ts";
import { startRealCluster } from "./real/real-cluster.ts";

/** The makers that this machine has the parts for: the embedded one always, the real one where its programs are found. */
export function clusterMakers(): readonly (readonly [MakerName, ClusterMaker])[] {
  const embedded = ["embedded", startEmbeddedCluster] as const;
  return realClusterAtHand() ? [embedded, ["real", startRealCluster]] : [embedded];
}

/** Throws where parts of the real cluster are missing in a run that must not do without it. */
export function realClusterAtHand(): boolean {
  const missing = missingPeers("etcd", "kubeApiserver", "kubeControllerManager");
  if (missing !== null && peersRequired()) throw new Error(missing);
  return missing === null;
}
