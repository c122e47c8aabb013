/** What goes wrong with a request that a fault matches. */
export type Fault =
  /** Answers only after so many milliseconds. */
  | { readonly kind: "delay"; readonly milliseconds: number }
  /** Closes the connection without an answer. */
  | { readonly kind: "drop" }
  /** Answers with a `Status` of this code and reason; `retryAfter` (seconds) becomes the header. */
  | { readonly kind: "answer"; readonly code: 409 | 410 | 429 | 500 | 503; readonly retryAfter?: number }
  /** Lets a watch deliver so many events, then cuts it in the middle of the next one. */
  | { readonly kind: "cutWatch"; readonly afterEvents: number };

export interface FaultRule {
  /** Upper case; any method where absent. */
  readonly method?: string;
  /** Matched against path and query: `/apis/bitnami.com/v1alpha1/namespaces/a/sealedsecrets?watch=true`. */
  readonly path: RegExp;
  /** Matched against the header of that name; whoever asks where absent. */
  readonly userAgent?: RegExp;
  /** How many requests it hits before it is spent; without end where absent. */
  readonly times?: number;
  readonly fault: Fault;
}

/** Injects faults into a cluster's answers. */
export interface FaultPort {
  /** Adds a rule and returns the function that takes it away. The first rule that matches a request is the one that acts. */
  add(rule: FaultRule): () => void;
  /** Closes every open watch, as an API server does when it restarts. */
  closeWatches(): void;
  /** Forgets the events that a watch could resume from, so that an older resourceVersion gets `410 Gone`. */
  compact(): void;
}
