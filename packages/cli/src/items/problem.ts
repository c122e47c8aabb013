import type { Place } from "../failure.ts";

/** A SealedSecret of a file, as a message names it. */
export interface Located {
  readonly place: Place;
  readonly name: string;
  /** Empty where the manifest has none. */
  readonly namespace: string;
}

/** What is refused of single items: where their values come from, and where they go. A closed union; it never holds a value. */
export type ItemProblem =
  // Questions.
  | { readonly code: "terminal_absent"; readonly item: string }
  | { readonly code: "session_without_terminal" }
  /** Ctrl-D instead of a value. */
  | { readonly code: "answer_absent"; readonly item: string }
  /** More came after the end of the line, as it does when several lines are pasted. */
  | { readonly code: "answer_lines" }
  | { readonly code: "answer_encoding" }
  | { readonly code: "answers_differ"; readonly item: string }
  // Values.
  | { readonly code: "item_twice"; readonly item: string }
  | { readonly code: "stdin_twice" }
  /** The file is on stdin. */
  | { readonly code: "stdin_taken" }
  | { readonly code: "value_empty"; readonly item: string }
  | { readonly code: "generator_invalid"; readonly text: string }
  | { readonly code: "environment_file_line"; readonly path: string; readonly line: number; readonly why: string }
  /** There is no file in it, whatever else there may be. */
  | { readonly code: "folder_empty"; readonly path: string }
  /** One item is named for the files of a folder. */
  | { readonly code: "folder_named"; readonly path: string; readonly item: string }
  // Files.
  | { readonly code: "sealed_secret_absent"; readonly source: string; readonly found: readonly Located[] }
  | { readonly code: "sealed_secret_ambiguous"; readonly source: string; readonly found: readonly Located[] }
  | { readonly code: "item_unknown"; readonly place: Place; readonly item: string; readonly items: readonly string[] }
  | { readonly code: "not_rewritable"; readonly place: Place }
  | { readonly code: "file_changed"; readonly path: string }
  | { readonly code: "file_exists"; readonly path: string }
  // Types of Secrets.
  | { readonly code: "type_unknown"; readonly type: string }
  | { readonly code: "flag_of_other_type"; readonly flag: string; readonly type: string }
  | { readonly code: "flag_missing"; readonly flag: string; readonly type: string }
  | { readonly code: "tls_certificate_unreadable"; readonly path: string }
  | { readonly code: "tls_key_unreadable"; readonly path: string }
  | { readonly code: "tls_key_mismatch"; readonly certificate: string; readonly key: string };
