import { hash } from "node:crypto";

/** More of them would be more watches and renewals than work. */
export const MOST_SHARDS = 32;

/** Keys are namespaces and names, and Kubernetes has no name this long: the API server takes 253 characters. */
const LONGEST_PREFIX = 200;

/** Which shard a SealedSecret is of, by `namespace/name`: the same in every process and version. */
export function shardOf(key: string, count: number): number {
  return count === 1 ? 0 : Number.parseInt(hash("sha256", key).slice(0, 8), 16) % count;
}

/** What decides which SealedSecrets a controller works on. */
export interface Selection {
  readonly keyPrefix: string;
  /** Null for every namespace. */
  readonly namespaces: readonly string[] | null;
  readonly labelSelector: string | undefined;
}

/**
 * What the names of a controller's Leases begin with, unless a flag says it: the key prefix, and for who does not look at everything
 * something that follows from what he does look at. Two controllers of one namespace that do different work never wait for each other.
 */
export function leasePrefixOf({ keyPrefix, namespaces, labelSelector }: Selection): string {
  const prefix = keyPrefix.slice(0, LONGEST_PREFIX);
  if (namespaces === null && labelSelector === undefined) return prefix;
  const selection = JSON.stringify([namespaces === null ? null : [...namespaces].sort(), labelSelector ?? null]);
  return `${prefix}-${hash("sha256", selection).slice(0, 8)}`;
}

/** The count is in the names: who divides the work otherwise never takes a shard of this division for one of his. */
export function leaseNames(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, shard) => `${prefix}-${shard}-of-${count}`);
}
