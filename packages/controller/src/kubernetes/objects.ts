import type { ObjectMeta } from "@sealwright/core";

/** What every object of the API server has. */
export interface KubernetesObject {
  readonly metadata: ObjectMeta;
}

/** A line of a watch. */
export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; readonly object: T }
  | { readonly type: "ERROR"; readonly object: StatusObject };

export interface StatusObject {
  readonly code?: number;
  readonly reason?: string;
}

/** `namespace/name`, or `name` alone for what has no namespace. */
export function keyOf({ metadata }: KubernetesObject): string {
  return metadata.namespace === undefined ? (metadata.name ?? "") : `${metadata.namespace}/${metadata.name ?? ""}`;
}
