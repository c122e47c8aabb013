/** A kind of object, in one namespace or in all of them. */
export interface Resource {
  /** `/api/v1`, `/apis/GROUP/VERSION` */
  readonly root: string;
  readonly plural: string;
  /** As a person is told of it: `sealedsecrets.bitnami.com`. */
  readonly shown: string;
  /** Null for all of them. */
  readonly namespace: string | null;
}

export function sealedSecretsIn(namespace: string | null): Resource {
  const root = "/apis/bitnami.com/v1alpha1";
  return { root, plural: "sealedsecrets", shown: "sealedsecrets.bitnami.com", namespace };
}

export function secretsIn(namespace: string): Resource {
  return { root: "/api/v1", plural: "secrets", shown: "secrets", namespace };
}

export function deploymentsIn(namespace: string): Resource {
  return { root: "/apis/apps/v1", plural: "deployments", shown: "deployments.apps", namespace };
}

/** The path of all of them, or of the one that is named. */
export function pathOf({ root, plural, namespace }: Resource, name?: string): string {
  const scope = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
