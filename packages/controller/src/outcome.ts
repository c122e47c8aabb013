import { describeProblem, type Problem, printable, SealwrightError } from "@sealwright/core";
import { ApiError } from "./kubernetes/api-error.ts";
import { type Drift, RECREATE, type Refusal } from "./plan.ts";
import type { Violation } from "./policy.ts";

/** How one look at a SealedSecret ended. */
export type Outcome = Success | Failure;

export interface Success {
  readonly kind: "synced";
  /** Whether the Secret was written. */
  readonly changed: boolean;
  /** What somebody else had changed of it, where that was put right. */
  readonly drift: Drift | null;
  /** The Secret's resourceVersion. */
  readonly secretVersion: string;
  /** Fingerprints of the keys that opened it. */
  readonly keys: readonly string[];
  /** For the status, so that the next process need not open it again; null where there can be none. */
  readonly record: string | null;
  readonly use: RecordUse;
}

/**
 * What the record in the status was good for: the Secret is the `version` it was left at, or has the `content` still, so that nothing was
 * opened; `items` were taken from it and only the others opened; it was `refused`, or there was `none`, and all were opened.
 */
export type RecordUse = "version" | "content" | "items" | "refused" | "none";

export interface Failure {
  readonly kind: "failed";
  readonly stage: "unseal" | "update";
  readonly reason: Reason;
  /** For a person; never a value. */
  readonly message: string;
}

/** Reasons of the `Synced` condition: stable words that people's alerts and policies may match. */
export type Reason =
  | "InvalidSealedSecret"
  | "Undecryptable"
  | "NoSealingKey"
  | "Unsupported"
  | "InvalidTemplate"
  | "TemplateLimit"
  | "TemplateThrottled"
  | "NotManaged"
  | "Immutable"
  | "TypeChange"
  | "ForbiddenLabel"
  | "ForbiddenName"
  | "RefusedByPolicy"
  | "SecretTerminating"
  | "SecretRefused"
  | "Forbidden"
  | "ApiUnavailable"
  | "InternalError";

/** Whether it may heal by itself, or only when somebody changes something: the object, its Secret, or the keys. */
export function mayHeal({ reason }: Failure): boolean {
  return ["TemplateThrottled", "SecretTerminating", "Forbidden", "ApiUnavailable", "InternalError"].includes(reason);
}

/** An error as a log line or a status may tell of it: whatever is not ours could quote a value, and is named alone. */
export function describeError(error: unknown): string {
  if (error instanceof SealwrightError || error instanceof ApiError) return error.message;
  return `an error that the controller did not expect (${error instanceof Error ? error.name : typeof error})`;
}

/** The failure that an error amounts to. The only place where an error becomes a condition's reason and words. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SealwrightError) {
    return {
      kind: "failed",
      stage: "unseal",
      reason: reasonOf(error.problem),
      message: describeProblem(error.problem),
    };
  }
  if (error instanceof ApiError) return failureOfApi(error);
  return { kind: "failed", stage: "update", reason: "InternalError", message: describeError(error) };
}

export function failureOfRefusal(refusal: Refusal): Failure {
  return { kind: "failed", stage: "update", ...describeRefusal(refusal) };
}

function reasonOf(problem: Problem): Reason {
  switch (problem.code) {
    case "undecryptable":
      return "Undecryptable";
    case "no_sealing_key":
      return "NoSealingKey";
    case "deprecated_data":
    case "template_engine_absent":
      return "Unsupported";
    case "template_parse":
    case "template_failed":
      return "InvalidTemplate";
    case "template_limit":
      return problem.limit === "namespace" ? "TemplateThrottled" : "TemplateLimit";
    default:
      return "InvalidSealedSecret";
  }
}

function failureOfApi(error: ApiError): Failure {
  return {
    kind: "failed",
    stage: "update",
    reason: reasonOfApi(error),
    message: `the API server did not take the Secret: ${[error.reason, ...error.fields].join(", ")}`,
  };
}

function reasonOfApi({ status }: ApiError): Reason {
  // RBAC, a quota, or a namespace that is ending: all of them somebody may change without touching the SealedSecret.
  if (status === 403) return "Forbidden";
  const refused = status >= 400 && status < 500 && ![401, 408, 429].includes(status);
  return refused ? "SecretRefused" : "ApiUnavailable";
}

function describeRefusal(refusal: Refusal): { readonly reason: Reason; readonly message: string } {
  switch (refusal.kind) {
    case "not_managed":
      return {
        reason: "NotManaged",
        message:
          `a Secret of this name exists already and ${refusal.owner === null ? "nothing owns it" : `belongs to ${printable(refusal.owner)}`}: ` +
          'delete it, or annotate it with sealedsecrets.bitnami.com/managed: "true" to hand it over',
      };
    case "immutable":
      return { reason: "Immutable", message: `the Secret is immutable: ${howToRecreate(refusal)}` };
    case "type_change":
      return {
        reason: "TypeChange",
        message: `a Secret's type cannot change from ${printable(refusal.from)} to ${printable(refusal.to)}: ${howToRecreate(refusal)}`,
      };
    case "terminating":
      return {
        reason: "SecretTerminating",
        message: "the former Secret is being deleted and its finalizers hold that up: when it is gone, it is made anew",
      };
    case "may_not_delete":
      return {
        reason: "Forbidden",
        message: 'making the Secret anew needs the verb "delete" on Secrets, which the controller does not have',
      };
    case "policy":
      return { reason: "RefusedByPolicy", message: describeViolation(refusal.violation) };
    case "key_label":
      return {
        reason: "ForbiddenLabel",
        message:
          "the Secret has or would have the label of a sealing key, and a SealedSecret never makes or changes one",
      };
    case "key_name":
      return {
        reason: "ForbiddenName",
        message: "a Secret of this name counts as a sealing key here, and a SealedSecret never makes or changes one",
      };
  }
}

function howToRecreate({ recreatable }: { readonly recreatable: boolean }): string {
  const hint = `, or annotate the template with ${RECREATE}: "true" to have that done`;
  return `delete it, and it is made anew${recreatable ? hint : ""}`;
}

function describeViolation({ what, found, rule }: Violation): string {
  return `the controller runs with ${rule}, which does not let the ${what} ${printable(found)} pass`;
}
