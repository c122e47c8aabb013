/** Everything that is refused about opening sealed values, as data: a closed union. It never holds a value of a Secret. */
export type RecoveryProblem =
  | { readonly code: "keys_absent" }
  /** Plaintext was to be written where Git would find it. */
  | { readonly code: "inside_work_tree"; readonly path: string; readonly workTree: string }
  | { readonly code: "not_an_environment_name"; readonly item: string }
  | { readonly code: "not_an_environment_value"; readonly item: string }
  | { readonly code: "environment_name_twice"; readonly item: string }
  | { readonly code: "reseal_keys_absent" }
  /** So many files could not be resealed; the report has said why. */
  | { readonly code: "reseal_failed"; readonly failed: number }
  | { readonly code: "reseal_interrupted"; readonly remaining: number; readonly files: number };
