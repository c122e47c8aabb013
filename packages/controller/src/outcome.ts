import { describeProblem, type Problem, SealwrightError } from "@sealwright/core";
import { ApiError } from "./kubernetes/api-error.ts";
import type { Refusal } from "./plan.ts";

/** How one look at a SealedSecret ended. */
export type Outcome = Success | Failure;

export interface Success {
  readonly kind: "synced";
  /** Whether the Secret was written. */
  readonly changed: boolean;
}

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
  | "NotManaged"
  | "Immutable"
  | "TypeChange"
  | "ForbiddenLabel"
  | "SecretRefused"
  | "ApiUnavailable"
  | "InternalError";

/** Whether it may heal by itself, or only when somebody changes something: the object, its Secret, or the keys. */
export function mayHeal({ reason }: Failure): boolean {
  return reason === "ApiUnavailable" || reason === "InternalError";
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
  return {
    kind: "failed",
    stage: "update",
    reason: "InternalError",
    message: "an error that the controller did not expect",
  };
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
    default:
      return "InvalidSealedSecret";
  }
}

function failureOfApi(error: ApiError): Failure {
  const refused = error.status >= 400 && error.status < 500 && ![401, 403, 408, 409, 429].includes(error.status);
  return {
    kind: "failed",
    stage: "update",
    reason: refused ? "SecretRefused" : "ApiUnavailable",
    message: `the API server did not take the Secret: ${[error.reason, ...error.fields].join(", ")}`,
  };
}

function describeRefusal(refusal: Refusal): { readonly reason: Reason; readonly message: string } {
  switch (refusal.kind) {
    case "not_managed":
      return {
        reason: "NotManaged",
        message:
          `a Secret of this name exists already and ${refusal.owner === null ? "nothing owns it" : `belongs to ${refusal.owner}`}: ` +
          'delete it, or annotate it with sealedsecrets.bitnami.com/managed: "true" to hand it over',
      };
    case "immutable":
      return { reason: "Immutable", message: "the Secret is immutable: delete it, and it is made anew" };
    case "type_change":
      return {
        reason: "TypeChange",
        message: `a Secret's type cannot change from ${refusal.from} to ${refusal.to}: delete it, and it is made anew`,
      };
    case "key_label":
      return {
        reason: "ForbiddenLabel",
        message: "the template has the label of a sealing key, and a SealedSecret never makes one",
      };
  }
}
