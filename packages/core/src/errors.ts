import { describeProblem } from "./describe.ts";
import type { Limited } from "./limits.ts";
import type { Scope } from "./scope.ts";

/** Why one sealed value did not open. None of them tells anything of the value. */
export type ItemFailure =
  /** The text is not standard base64. */
  | "not_base64"
  /** Fewer bytes than the format needs. */
  | "too_short"
  /** The encapsulated session key has the length of no key at hand. */
  | "no_key_of_that_length"
  /** Every key of that length was tried: another key, name, namespace or scope sealed it, or it was altered since. */
  | "no_key_opens"
  /** So many keys had failed before on items of the same object that no more were tried. */
  | "not_tried";

/** What a Secret lacks that its type demands. */
export type MissingPart =
  /** One of these items; mostly there is one only. */
  | { readonly part: "item"; readonly anyOf: readonly string[] }
  | { readonly part: "annotation"; readonly annotation: string };

/**
 * What a template went beyond: its time, its memory, the depth of its recursion, the size of its output, or the time
 * that all templates of its namespace have together (which comes back by itself); or it made the engine stop.
 */
export type TemplateLimit = "time" | "memory" | "depth" | "output" | "namespace" | "crash";

/** Everything that core refuses, as data: a closed union, to be switched over exhaustively. It never holds a value. */
export type Problem =
  | { readonly code: "wrong_kind"; readonly expected: "Secret" | "SealedSecret"; readonly found: string | null }
  | { readonly code: "invalid_field"; readonly field: string; readonly expected: string }
  | { readonly code: "invalid_base64"; readonly field: string }
  | { readonly code: "missing_name" }
  | { readonly code: "missing_namespace"; readonly scope: Scope }
  | { readonly code: "empty_data" }
  | { readonly code: "too_large"; readonly what: Limited; readonly limit: number }
  | { readonly code: "invalid_item_name"; readonly item: string }
  | { readonly code: "incomplete_type"; readonly type: string; readonly missing: readonly MissingPart[] }
  | { readonly code: "item_not_json"; readonly type: string; readonly item: string }
  | { readonly code: "item_exists"; readonly item: string }
  | { readonly code: "item_missing"; readonly item: string }
  | { readonly code: "unknown_scope"; readonly found: string }
  | { readonly code: "certificate_unreadable" }
  | { readonly code: "certificate_not_rsa"; readonly found: string }
  | { readonly code: "certificate_weak"; readonly bits: number }
  | { readonly code: "certificate_expired"; readonly notAfter: Date }
  | { readonly code: "certificate_not_yet_valid"; readonly notBefore: Date }
  | { readonly code: "private_key_unreadable" }
  | { readonly code: "private_key_not_rsa"; readonly found: string }
  | { readonly code: "private_key_missing" }
  | { readonly code: "private_key_mismatch" }
  | { readonly code: "key_size"; readonly bits: number }
  | { readonly code: "no_sealing_key" }
  | { readonly code: "undecryptable"; readonly items: ReadonlyMap<string, ItemFailure> }
  | { readonly code: "deprecated_data" }
  | { readonly code: "conflicting_data" }
  | { readonly code: "deprecated_data_unreadable" }
  | { readonly code: "template_engine_absent"; readonly item: string }
  /** `text` is Go's message, which quotes the template and nothing else. */
  | { readonly code: "template_parse"; readonly item: string; readonly line: number | null; readonly text: string }
  /** Go's message is left out: it may quote a value. `column` is counted in bytes, as Go prints it. */
  | {
      readonly code: "template_failed";
      readonly item: string;
      readonly line: number | null;
      readonly column: number | null;
    }
  | { readonly code: "template_limit"; readonly item: string; readonly limit: TemplateLimit };

/** What a `SealwrightError` can be about: a closed set, to switch over. */
export type ProblemCode = Problem["code"];

/** The only error that core throws for bad input. Switch over `problem.code`; the message is for people. */
export class SealwrightError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(describeProblem(problem), options);
    this.name = "SealwrightError";
    this.problem = problem;
  }
}
