import { utf8 } from "./bytes.ts";
import { SealwrightError } from "./errors.ts";
import { invalid } from "./fields.ts";

/** What a ciphertext is bound to: namespace and name, the namespace alone, or nothing. */
export type Scope = "strict" | "namespace-wide" | "cluster-wide";

/** Every scope, the narrowest first. */
export const SCOPES: readonly Scope[] = ["strict", "namespace-wide", "cluster-wide"];

const NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";
const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

export const SCOPE_ANNOTATIONS: readonly string[] = [NAMESPACE_WIDE, CLUSTER_WIDE];

/** An object's annotations. */
export type Annotations = Readonly<Record<string, string>>;

/**
 * Reads the name of a scope.
 *
 * @throws SealwrightError `unknown_scope`
 */
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

/** All that a ciphertext can be bound to; of it, the scope tells what counts. */
export interface Binding {
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
}

/** The RSA-OAEP label that binds a ciphertext: `namespace/name`, `namespace`, or nothing (Go: `EncryptionLabel`). */
export function labelOf(binding: Binding): Uint8Array {
  const { scope, namespace, name } = binding;
  switch (scope) {
    case "strict":
      return utf8(`${namespace}/${name}`);
    case "namespace-wide":
      return utf8(namespace);
    case "cluster-wide":
      return new Uint8Array();
  }
}

const NAMESPACE = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * A name, which every object must have, and the namespace where the scope binds it.
 *
 * @throws SealwrightError `missing_name`, `missing_namespace`
 */
export function assertBound({ scope, namespace, name }: Binding): void {
  if (name === "") throw new SealwrightError({ code: "missing_name" });
  if (namespace === "" && scope !== "cluster-wide") throw new SealwrightError({ code: "missing_namespace", scope });
}

/**
 * Holds what the scope binds to the names that Kubernetes takes. Whatever is sealed to another one opens nowhere; and with a
 * slash inside it would open where somebody else chooses, since the label puts one in between.
 *
 * @throws SealwrightError `invalid_field`
 */
export function assertBindable({ scope, namespace, name }: Binding): void {
  if (scope === "cluster-wide") return;
  if (!NAMESPACE.test(namespace)) throw invalid("metadata.namespace", "a DNS label");
  if (scope === "strict" && !NAME.test(name)) throw invalid("metadata.name", "a DNS name in lower case");
}

/** Whether Kubernetes takes what the scope binds. */
export function isBindable({ scope, namespace, name }: Binding): boolean {
  return scope === "cluster-wide" || (NAMESPACE.test(namespace) && (scope !== "strict" || NAME.test(name)));
}
