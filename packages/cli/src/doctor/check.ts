/** What one look at the set-up came to. */
export interface Finding {
  readonly status: "ok" | "warn" | "fail";
  /** One sentence; for `ok`, what was found. */
  readonly message: string;
  /** What to do about it; null where there is nothing to do. */
  readonly mend: string | null;
}

/** `skip`: what it needs is not there, which another check says. */
export interface Check {
  readonly name: CheckName;
  readonly status: Finding["status"] | "skip";
  readonly message: string;
  readonly mend: string | null;
}

/** In the order in which they are made. */
export const CHECKS = [
  "kubeconfig",
  "API server",
  "CRD",
  "controller",
  "certificate",
  "versions",
  "rights",
  "keys",
  "SealedSecrets",
] as const;
export type CheckName = (typeof CHECKS)[number];

export function ok(message: string): Finding {
  return { status: "ok", message, mend: null };
}

export function warning(message: string, mend: string): Finding {
  return { status: "warn", message, mend };
}

export function failure(message: string, mend: string): Finding {
  return { status: "fail", message, mend };
}
