import type { Scope, Secret } from "@sealwright/core";

/**
 * What SealedSecrets may ask for, beyond what Kubernetes lets their authors do; all that is null or empty is not looked at. A pattern is a
 * name, or the beginning of names and a `*`.
 */
export interface Policy {
  readonly allowTypes: readonly string[] | null;
  /** Wins over `allowTypes`. */
  readonly denyTypes: readonly string[];
  readonly allowScopes: readonly Scope[] | null;
  /** Of what the template has. */
  readonly allowLabels: readonly string[] | null;
  readonly allowAnnotations: readonly string[] | null;
}

export const NO_POLICY: Policy = {
  allowTypes: null,
  denyTypes: [],
  allowScopes: null,
  allowLabels: null,
  allowAnnotations: null,
};

export interface Violation {
  readonly what: "type" | "scope" | "label" | "annotation";
  /** The type, the scope, or the name of the label or annotation. */
  readonly found: string;
  /** The flag that does not let it pass. */
  readonly rule: "--allow-types" | "--deny-types" | "--allow-scopes" | "--allow-labels" | "--allow-annotations";
}

/** Annotations of a template that repeat the scope: `allowScopes` decides on that. */
const SCOPE_ANNOTATIONS = ["sealedsecrets.bitnami.com/cluster-wide", "sealedsecrets.bitnami.com/namespace-wide"];

/** The first thing about a SealedSecret of that scope, and the Secret that it asks for, that the policy does not let pass; or null. */
export function violationOf(policy: Policy, scope: Scope, { type, metadata }: Secret): Violation | null {
  const made = type === undefined || type === "" ? "Opaque" : type;
  if (matches(policy.denyTypes, made)) return { what: "type", found: made, rule: "--deny-types" };
  if (!passes(policy.allowTypes, made)) return { what: "type", found: made, rule: "--allow-types" };
  if (!passes(policy.allowScopes, scope)) return { what: "scope", found: scope, rule: "--allow-scopes" };
  const label = Object.keys(metadata.labels ?? {}).find((name) => !passes(policy.allowLabels, name));
  if (label !== undefined) return { what: "label", found: label, rule: "--allow-labels" };
  const annotation = Object.keys(metadata.annotations ?? {})
    .filter((name) => !SCOPE_ANNOTATIONS.includes(name))
    .find((name) => !passes(policy.allowAnnotations, name));
  return annotation === undefined ? null : { what: "annotation", found: annotation, rule: "--allow-annotations" };
}

function passes(patterns: readonly string[] | null, name: string): boolean {
  return patterns === null || matches(patterns, name);
}

function matches(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
