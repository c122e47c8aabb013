import type { Scope } from "@sealwright/core";
import type { Place } from "../failure.ts";

/** Everything that is refused about whole projects, as data: a closed union. It never holds a value of a Secret. */
export type ProjectProblem =
  | { readonly code: "project_syntax"; readonly path: string; readonly line: number }
  | {
      readonly code: "project_field_unknown";
      readonly path: string;
      readonly line: number;
      readonly field: string;
      readonly similar: string | null;
      readonly known: readonly string[];
    }
  | {
      readonly code: "project_field_invalid";
      readonly path: string;
      readonly line: number;
      readonly field: string;
      readonly expected: string;
    }
  | { readonly code: "project_absent" }
  | { readonly code: "project_exists"; readonly path: string }
  | { readonly code: "project_without_certificates"; readonly path: string }
  | {
      readonly code: "certificate_name_unknown";
      readonly path: string;
      readonly name: string;
      readonly known: readonly string[];
    }
  | { readonly code: "certificate_name_needed"; readonly path: string; readonly known: readonly string[] }
  | { readonly code: "certificate_without_file"; readonly path: string; readonly name: string }
  | { readonly code: "certificate_without_origin"; readonly path: string; readonly name: string }
  /** It is not the one that the project, or a flag, says it must be. */
  | {
      readonly code: "certificate_not_pinned";
      readonly source: string;
      readonly found: string;
      readonly wanted: string;
      /** The file that says so; null where a flag does. */
      readonly path: string | null;
    }
  | { readonly code: "certificates_expiring"; readonly count: number }
  | { readonly code: "duration_invalid"; readonly flag: string }
  | {
      readonly code: "rule_namespace";
      readonly place: Place;
      readonly inManifest: string;
      readonly wanted: string;
      readonly path: string;
    }
  | {
      readonly code: "rule_scope";
      readonly place: Place;
      readonly inManifest: Scope;
      readonly wanted: Scope;
      readonly path: string;
    }
  | { readonly code: "pattern_malformed"; readonly pattern: string }
  | { readonly code: "pattern_without_match"; readonly pattern: string }
  | { readonly code: "tree_too_large"; readonly folder: string }
  /** No file below the folders is one to seal. */
  | { readonly code: "nothing_to_seal" }
  | { readonly code: "secret_absent"; readonly source: string }
  | { readonly code: "outputs_contradict" }
  | { readonly code: "remove_without_file" }
  | { readonly code: "output_of_stdin" }
  | { readonly code: "output_is_input"; readonly path: string }
  | { readonly code: "output_twice"; readonly path: string; readonly inputs: readonly [string, string] }
  /** A file stands where the output would go, and it is not one that sealing made. */
  | {
      readonly code: "output_not_ours";
      readonly path: string;
      readonly why: "no_sealed_secret" | "plaintext" | "unreadable";
    }
  | { readonly code: "findings"; readonly errors: number; readonly warnings: number; readonly files: number }
  /** The input ended before the answer. */
  | { readonly code: "question_unanswered"; readonly question: string };
