import type { Problem } from "@sealwright/core";
import type { ExitCodeName } from "./exit-codes.ts";

/** What to do about a problem of core, and the class that it belongs to. */
export interface Advice {
  readonly hint?: string;
  readonly exit: ExitCodeName;
}

const FETCH_ANOTHER = "sealwright cert prints the controller's present one";

/** Exhaustive: a new code does not compile before it has a place here. */
export function adviceFor(problem: Problem): Advice {
  switch (problem.code) {
    case "wrong_kind":
    case "invalid_field":
    case "missing_name":
    case "deprecated_data":
    case "deprecated_data_unreadable":
    case "conflicting_data":
    case "template_engine_absent":
    case "item_exists":
    case "item_missing":
    case "too_large":
    case "invalid_item_name":
    case "item_not_json":
    case "template_parse":
    case "template_failed":
    case "template_limit":
      return { exit: "manifest" };
    case "incomplete_type":
      return { hint: "or give the Secret another type: Opaque takes any items", exit: "manifest" };
    case "invalid_base64":
      return { hint: "data holds base64; plain text belongs into stringData", exit: "manifest" };
    case "missing_namespace":
      return { hint: "-n names one", exit: "manifest" };
    case "empty_data":
      return { hint: "--allow-empty-data seals it all the same", exit: "manifest" };
    case "unknown_scope":
      return { exit: "usage" };
    case "certificate_unreadable":
      return {
        hint: `a PEM certificate starts with -----BEGIN CERTIFICATE-----; ${FETCH_ANOTHER}`,
        exit: "certificate",
      };
    case "certificate_not_rsa":
    case "certificate_weak":
    case "certificate_expired":
      return { hint: FETCH_ANOTHER, exit: "certificate" };
    case "certificate_not_yet_valid":
      return { hint: "is this machine's clock right?", exit: "certificate" };
    case "private_key_unreadable":
    case "private_key_not_rsa":
    case "private_key_mismatch":
    case "private_key_missing":
    case "key_size":
    case "no_sealing_key":
    case "undecryptable":
      return { exit: "failure" };
  }
}
