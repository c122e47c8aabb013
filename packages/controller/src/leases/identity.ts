import { randomUUID } from "node:crypto";
import { hostname } from "node:os";

/**
 * Who holds a Lease: the Pod, so that a container that is started again there goes on at once; where its name is not known, this very
 * process, who waits for the end of what an earlier one held.
 */
export function replicaIdentity(podName: string | undefined): string {
  return podName === undefined || podName === "" ? `${hostname()}_${randomUUID()}` : podName;
}
