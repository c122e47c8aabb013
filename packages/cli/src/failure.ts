import type { Problem, Scope } from "@sealwright/core";
import type { ManifestSyntaxError } from "@sealwright/core/kubernetes-yaml";
import type { ClusterProblem } from "./cluster/problem.ts";
import type { ItemProblem } from "./items/problem.ts";
import type { KeyProblem } from "./keys/problem.ts";
import type { OidcProblem } from "./oidc/problem.ts";
import type { ProjectProblem } from "./project/problem.ts";
import type { RecoveryProblem } from "./recovery/problem.ts";

/** Where in the inputs a document stands. */
export interface Place {
  /** The file's path as it was given, or `stdin`. */
  readonly source: string;
  /** From 1. */
  readonly document: number;
  /** Whether the source holds other documents. */
  readonly amongOthers: boolean;
  /** Where the document starts, from 1. */
  readonly line: number;
  /** For an object in a List: which, from 1. */
  readonly item?: number;
}

/** What was asked of a cluster, for a message. */
export interface ControllerService {
  readonly name: string;
  readonly namespace: string;
}

/** Everything that a command refuses beyond core's problems, as data: a closed union. It never holds a value of a Secret. */
export type Failure =
  /** The arguments do not parse. */
  | { readonly code: "usage"; readonly message: string; readonly hint: string }
  | { readonly code: "unknown_format"; readonly found: string }
  /** The same, and the usage has been printed. */
  | { readonly code: "usage_printed" }
  | { readonly code: "operand_unexpected" }
  | { readonly code: "from_file_without_raw" }
  | { readonly code: "raw_values_many" }
  | { readonly code: "raw_input_ignored" }
  | { readonly code: "raw_flag_missing"; readonly flag: string; readonly scope: Scope }
  | { readonly code: "raw_value_empty" }
  /** A mode that writes no file of its own was given one. */
  | { readonly code: "output_without_use"; readonly mode: string }
  | { readonly code: "impersonation_incomplete" }
  | { readonly code: "request_timeout_invalid" }
  | { readonly code: "manifest_encoding"; readonly source: string }
  | { readonly code: "manifest_syntax"; readonly source: string; readonly error: ManifestSyntaxError }
  | { readonly code: "manifest_absent"; readonly source: string }
  | { readonly code: "manifest_refused"; readonly place: Place; readonly problem: Problem }
  | { readonly code: "manifest_not_one"; readonly source: string; readonly found: number }
  | {
      readonly code: "namespace_conflict";
      readonly place: Place;
      readonly inManifest: string;
      readonly asked: string;
    }
  | { readonly code: "scope_conflict"; readonly place: Place; readonly asked: string; readonly inTarget: Scope }
  | { readonly code: "recovery_key_absent" }
  /** `place` is null for what is no manifest. */
  | {
      readonly code: "private_key_refused";
      readonly source: string;
      readonly place: Place | null;
      readonly problem: Problem;
    }
  /** The controller cannot open a SealedSecret. */
  | { readonly code: "not_decryptable"; readonly name: string }
  /** The controller answered with another object than it was asked for. */
  | {
      readonly code: "answer_refused";
      readonly place: Place;
      readonly name: string;
      /** Whether the object makes items by templates. */
      readonly hasTemplates: boolean;
    }
  | {
      readonly code: "certificate_refused";
      readonly source: string;
      readonly fromController: boolean;
      readonly problem: Problem;
    }
  | { readonly code: "certificate_location"; readonly scheme: string }
  | { readonly code: "download_failed"; readonly url: string; readonly fault: string }
  | { readonly code: "download_status"; readonly url: string; readonly status: number }
  | { readonly code: "kubeconfig_absent" }
  | { readonly code: "kubeconfig_invalid"; readonly path: string; readonly reason: string }
  | { readonly code: "context_unknown"; readonly context: string }
  | { readonly code: "kubeconfig_entry_unknown"; readonly kind: "cluster" | "user"; readonly name: string }
  | { readonly code: "context_incomplete"; readonly context: string }
  | { readonly code: "credentials_failed"; readonly context: string }
  /** Kubernetes has left it out of its clients. */
  | { readonly code: "auth_provider_removed"; readonly context: string; readonly provider: string }
  /** The URL of a proxy, which may hold a password. */
  | { readonly code: "proxy_invalid" }
  | { readonly code: "cluster_unreachable"; readonly server: string; readonly fault: string }
  /** Something answered that is no API server. */
  | { readonly code: "cluster_unreadable" }
  | {
      readonly code: "cluster_refused";
      readonly status: 401 | 403;
      readonly service: ControllerService;
      /** What it takes on the Service's `proxy`. */
      readonly verb: "get" | "create";
    }
  | { readonly code: "service_absent"; readonly service: ControllerService }
  | { readonly code: "service_unavailable"; readonly service: ControllerService }
  | { readonly code: "service_status"; readonly service: ControllerService; readonly status: number }
  | { readonly code: "file_unreadable"; readonly path: string; readonly fault: string }
  | { readonly code: "file_unwritable"; readonly path: string; readonly fault: string }
  | { readonly code: "output_failed"; readonly fault: string }
  /** What has to do with whole projects: `.sealwright.yaml`, searches, outputs beside their inputs. */
  | { readonly code: "project"; readonly problem: ProjectProblem }
  /** What has to do with single items: where their values come from, and where they go. */
  | { readonly code: "items"; readonly problem: ItemProblem }
  /** What commands that look at the cluster's objects meet there, and find. */
  | { readonly code: "cluster"; readonly problem: ClusterProblem }
  | { readonly code: "keys"; readonly problem: KeyProblem }
  /** Of a login by the auth-provider `oidc`. */
  | { readonly code: "oidc"; readonly problem: OidcProblem }
  /** What has to do with sealed values that are opened or sealed to another key. */
  | { readonly code: "recovery"; readonly problem: RecoveryProblem }
  /** Ctrl-C at a question. */
  | { readonly code: "interrupted" }
  /** Whoever read stdout went away. */
  | { readonly code: "output_closed" };

/** The only error that the programs throw on their own. `render-error.ts` puts it into words. */
export class CommandError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.code, options);
    this.name = "CommandError";
    this.failure = failure;
  }
}
