import { type Scope, type Secret, scopeOf } from "@sealwright/core";
import { CommandError, type Place } from "./failure.ts";
import { inClusterNamespace } from "./in-cluster.ts";
import type { Io } from "./io.ts";
import { findContext, type KubeconfigRequest } from "./kubeconfig.ts";

export const DEFAULT_NAMESPACE = "default";

export interface NamespaceRequest {
  /** Asked for by name: for manifests that name none, and refused by those that name another. */
  readonly asked: string | undefined;
  /** Whose context is asked when nobody else says anything. */
  readonly cluster: KubeconfigRequest;
  /** Where absent, the Secret's annotations decide. */
  readonly scope: Scope | undefined;
  /** Leave a cluster-wide Secret without a namespace even where one was asked for. */
  readonly clusterWideStaysBare: boolean;
  /** Where there is not even a kubeconfig; undefined leaves the Secret without one. */
  readonly lastNamespace: string | undefined;
}

/** Gives a Secret, found at that place, the namespace that it is to be sealed for. */
export type NamespaceRule = (secret: Secret, place: Place) => Promise<Secret>;

/**
 * The manifest's namespace, else the one asked for, else the context's, which is `default` where it says nothing. A cluster-wide
 * Secret needs none and keeps what it has; for any other, one that was asked for must not contradict the manifest.
 */
export function namespaceRule(request: NamespaceRequest, io: Io): NamespaceRule {
  const { asked, cluster, clusterWideStaysBare } = request;
  const ofContext = once(async () => (await contextNamespace(cluster, io)) ?? request.lastNamespace);
  return async (secret, place) => {
    const { namespace: inManifest = "" } = secret.metadata;
    const isClusterWide = (request.scope ?? scopeOf(secret.metadata.annotations)) === "cluster-wide";
    if (inManifest !== "") {
      if (isClusterWide || asked === undefined || asked === inManifest) return secret;
      throw new CommandError({ code: "namespace_conflict", place, inManifest, asked });
    }
    if (isClusterWide && (asked === undefined || clusterWideStaysBare)) return secret;
    const namespace = asked ?? (await ofContext());
    return namespace === undefined ? secret : { ...secret, metadata: { ...secret.metadata, namespace } };
  };
}

/**
 * The namespace of the context, in a Pod else the Pod's own, else `default`.
 *
 * @returns undefined where there is no context at all
 */
export async function contextNamespace(cluster: KubeconfigRequest, io: Io): Promise<string | undefined> {
  const context = await findContext(cluster, io);
  if (context === null) return undefined;
  return context.namespace ?? (await inClusterNamespace(io)) ?? DEFAULT_NAMESPACE;
}

/** The context is read when the first Secret needs it, and not again. */
function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
