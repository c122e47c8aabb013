import { type Scope, type Secret, scopeOf } from "@sealwright/core";
import { CommandError, type Place } from "./failure.ts";
import type { Io } from "./io.ts";
import { findContext, type KubeconfigRequest } from "./kubeconfig.ts";

const DEFAULT_NAMESPACE = "default";

export interface NamespaceRequest {
  /** Asked for by name: for manifests that name none, and refused by those that name another. */
  readonly asked: string | undefined;
  /** Whose context is asked when nobody else says anything. */
  readonly cluster: KubeconfigRequest;
  /** Where absent, the Secret's annotations decide. */
  readonly scope: Scope | undefined;
  /** Leave a cluster-wide Secret without a namespace even where one was asked for. */
  readonly clusterWideStaysBare: boolean;
}

/** Gives a Secret, found at that place, the namespace that it is to be sealed for. */
export type NamespaceRule = (secret: Secret, place: Place) => Promise<Secret>;

/**
 * The manifest's namespace, else the one asked for, else the context's, else `default`. A cluster-wide Secret needs none and keeps what
 * it has; for any other, one that was asked for must not contradict the manifest.
 */
export function namespaceRule(request: NamespaceRequest, io: Io): NamespaceRule {
  const { asked, cluster, clusterWideStaysBare } = request;
  const ofContext = once(async () => (await findContext(cluster, io))?.namespace ?? DEFAULT_NAMESPACE);
  return async (secret, place) => {
    const { namespace: inManifest = "" } = secret.metadata;
    const isClusterWide = (request.scope ?? scopeOf(secret.metadata.annotations)) === "cluster-wide";
    if (inManifest !== "") {
      if (isClusterWide || asked === undefined || asked === inManifest) return secret;
      throw new CommandError({ code: "namespace_conflict", place, inManifest, asked });
    }
    if (isClusterWide && (asked === undefined || clusterWideStaysBare)) return secret;
    return { ...secret, metadata: { ...secret.metadata, namespace: asked ?? (await ofContext()) } };
  };
}

/** The context is read when the first Secret needs it, and not again. */
function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
