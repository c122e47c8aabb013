import { missingPeers, peersRequired } from "../peers/binaries.ts";
import type { ClusterMaker, MakerName } from "./cluster.ts";
import { startEmbeddedCluster } from "./embedded/embedded-cluster.ts";
import { startRealCluster } from "./real/real-cluster.ts";

/** The makers that this machine has the parts for: the embedded one always, the real one where its programs are found. */
export function clusterMakers(): readonly (readonly [MakerName, ClusterMaker])[] {
  const embedded = ["embedded", startEmbeddedCluster] as const;
  return realClusterAtHand() ? [embedded, ["real", startRealCluster]] : [embedded];
}

/**
 * Of these the one that is most like a cluster, for long suites of what our programs do with the answers that they get: the suites that run on
 * both, and `conformance`, have the embedded one give the same.
 */
export function truestMaker(): readonly (readonly [MakerName, ClusterMaker])[] {
  return clusterMakers().slice(-1);
}

/** Throws where parts of the real cluster are missing in a run that must not do without it. */
export function realClusterAtHand(): boolean {
  const missing = missingPeers("etcd", "kubeApiserver", "kubeControllerManager");
  if (missing !== null && peersRequired()) throw new Error(missing);
  return missing === null;
}
