import type { Place } from "../failure.ts";

/** What a cluster has for a command, or has not. */
export type ClusterProblem =
  /** There is no kubeconfig, or no current context in it. */
  | { readonly code: "context_absent" }
  | { readonly code: "unreachable"; readonly server: string; readonly fault: string }
  /** Something answered that is no API server. */
  | { readonly code: "not_kubernetes" }
  | { readonly code: "not_authenticated" }
  | {
      readonly code: "not_allowed";
      readonly verb: string;
      readonly resource: string;
      readonly namespace: string | null;
    }
  /** The cluster does not know the resource: its CRD is not installed. */
  | { readonly code: "resource_unknown"; readonly resource: string }
  | { readonly code: "selector_invalid"; readonly selector: string }
  | { readonly code: "status"; readonly verb: string; readonly resource: string; readonly status: number }
  /** Not every SealedSecret is in sync. */
  | { readonly code: "out_of_sync"; readonly count: number; readonly of: number }
  /** The files are not what the cluster has. */
  | { readonly code: "differs"; readonly count: number; readonly of: number }
  | { readonly code: "nothing_to_compare" }
  | { readonly code: "name_absent"; readonly place: Place }
  | { readonly code: "checks_failed"; readonly count: number };
