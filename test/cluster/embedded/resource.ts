import type { Cause, Subject } from "./api-error.ts";
import type { Json, JsonObject } from "./json.ts";
import type { KubeObject } from "./kube-object.ts";
import type { Schema } from "./schema/schema.ts";

export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

/** What the API serves under one plural name of one group and version. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly Verb[];
  /** A custom resource, which is decoded, validated and updated by other rules than a built-in one. */
  readonly custom: boolean;
  readonly schema: Schema;
  /** Has a `/status`, so that its other endpoint leaves the status alone. */
  readonly hasStatus: boolean;
  /** Counts changes of its spec in `metadata.generation`. */
  readonly hasGeneration: boolean;
  /** PUT makes what is not there. */
  readonly createsOnUpdate: boolean;
  /** PUT without a resourceVersion overwrites whatever is there. */
  readonly updatesUnconditionally: boolean;
  /** DELETE answers with the object that is gone, not with a `Status`. */
  readonly returnsDeleted: boolean;
  /** Where its objects are stored; versions of one resource share it. */
  readonly collection: string;
  readonly rules: ResourceRules;
  readonly columns: readonly Column[];
  /** Fields beside `metadata.name` and `metadata.namespace` that a field selector may name, and how to read them. */
  readonly selectableFields: Readonly<Record<string, (object: KubeObject) => string>>;
  /** Subresources beside `status`, for discovery. */
  readonly subresources: readonly Subresource[];
  /** From the form in which the object is stored to that of this version, and back. */
  fromStored(object: KubeObject): KubeObject;
  toStored(object: KubeObject): KubeObject;
}

/** The objects of a resource, in one namespace or in all. */
export interface Scope {
  readonly resource: Resource;
  /** Null for all namespaces, and for objects that have none. */
  readonly namespace: string | null;
}

export interface Subresource {
  readonly name: string;
  /** `group/version/Kind` of what goes in and out. */
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** What is particular to a kind. Each function may change the object that it is given, not the old one. */
export interface ResourceRules {
  /** Fills in what the API fills in while it decodes, so that the writer counts as having said it. */
  default?(object: KubeObject): void;
  /** Sets what only the server may set on a new object. */
  prepareCreate?(object: KubeObject): void;
  prepareUpdate?(object: KubeObject, old: KubeObject): void;
  validate?(object: KubeObject): Cause[];
  /** Beside `validate`, what may not change. */
  validateUpdate?(object: KubeObject, old: KubeObject): Cause[];
  /** What the answer warns of. */
  warn?(object: KubeObject): string[];
  /** Why a name is none, in words; DNS subdomains where absent. */
  checkName?(name: string): string[];
}

/** A column of a table, as `kubectl get` shows it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority: number;
  cell(object: JsonObject, now: Date): Json;
}

/** How errors name an object of the resource: by plural. */
export function subjectOf({ group, plural }: Resource, name?: string): Subject {
  return { group, kind: plural, name };
}

/** How errors name an invalid object: by kind. */
export function kindOf({ group, kind }: Resource, name?: string): Subject {
  return { group, kind, name };
}

export function apiVersionOf({ group, version }: Pick<Resource, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}
