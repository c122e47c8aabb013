import { utf8 } from "./bytes.ts";
import { SealwrightError } from "./errors.ts";

/** What a ciphertext is bound to: namespace and name, the namespace alone, or nothing. */
export type Scope = "strict" | "namespace-wide" | "cluster-wide";

export const SCOPES: readonly Scope[] = ["strict", "namespace-wide", "cluster-wide"];

const NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";
const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

export type Annotations = Readonly<Record<string, string>>;

/** @throws SealwrightError `unknown_scope` */
export function readScope(text: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (scope === undefined) throw new SealwrightError({ code: "unknown_scope", found: text });
  return scope;
}

/** The scope that annotations declare: cluster-wide wins over namespace-wide, and only the value `true` counts. */
export function scopeOf(annotations: Annotations = {}): Scope {
  if (annotations[CLUSTER_WIDE] === "true") return "cluster-wide";
  if (annotations[NAMESPACE_WIDE] === "true") return "namespace-wide";
  return "strict";
}

/** The annotations with that scope declared and no other one. */
export function withScope(annotations: Annotations = {}, scope: Scope): Annotations {
  const { [CLUSTER_WIDE]: _cluster, [NAMESPACE_WIDE]: _namespace, ...rest } = annotations;
  switch (scope) {
    case "strict":
      return rest;
    case "namespace-wide":
      return { ...rest, [NAMESPACE_WIDE]: "true" };
    case "cluster-wide":
      return { ...rest, [CLUSTER_WIDE]: "true" };
  }
}

export interface Binding {
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
}

/** The RSA-OAEP label that binds a ciphertext: `namespace/name`, `namespace`, or nothing (Go: `EncryptionLabel`). */
export function labelOf({ scope, namespace, name }: Binding): Uint8Array {
  switch (scope) {
    case "strict":
      return utf8(`${namespace}/${name}`);
    case "namespace-wide":
      return utf8(namespace);
    case "cluster-wide":
      return new Uint8Array();
  }
}
