import { describe } from "vitest";
import { missingPeers, type PeerName, peersRequired } from "./binaries.ts";
import { goControllerObstacle } from "./go-controller.ts";

/**
 * A `describe` whose tests need real programs. On a machine without them it is skipped, its title says why, and where
 * `SEALWRIGHT_REQUIRE_PEERS=1` it throws instead.
 */
export function describeWithPeers(title: string, peers: readonly PeerName[], body: () => void): void {
  const reason = missingPeers(...peers) ?? (peers.includes("goController") ? goControllerObstacle() : null);
  if (reason === null) describe(title, body);
  else if (peersRequired()) throw new Error(reason);
  else describe.skip(`${title} (skipped: ${reason})`, body);
}
