import { escaped } from "../log.ts";

/**
 * Something that was done, or refused, and that somebody may ask about later. These are all the fields that a line of the audit log can
 * have: names, numbers and stable words, never a value and nothing that was made of one.
 */
export interface AuditEvent {
  readonly audit: AuditAction;
  /** `ok`, or the stable word for why not: a condition's reason, the API server's, or an HTTP status. */
  readonly result: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Of the SealedSecret. */
  readonly uid?: string | undefined;
  /** How many items were opened. */
  readonly items?: number | undefined;
  /** Fingerprints. */
  readonly keys?: readonly string[] | undefined;
  /** Who asked, as far as a connection tells: its address, and the one that the last proxy wrote down. */
  readonly client?: string | undefined;
  readonly forwardedFor?: string | undefined;
}

export type AuditAction =
  | "unseal"
  | "create"
  | "replace"
  | "delete"
  | "refuse"
  | "key-made"
  | "key-found"
  | "key-lost"
  | "verify"
  | "rotate";

export interface Audit {
  /** Notes what happened. Nothing waits for it, and it never fails. */
  record(event: AuditEvent): void;
}

export const NO_AUDIT: Audit = { record() {} };

/** The longest name that Kubernetes has; whoever calls verify can write any. */
const LONGEST_TEXT = 253;
/** More than there are keys, for one SealedSecret. */
const MOST_KEYS = 32;

/** One line of JSON. Characters that a terminal would obey are escaped, and what is too long is cut. */
export function auditLine(event: AuditEvent, time: Date): string {
  const { audit, result, namespace, name, uid, items, keys, client, forwardedFor } = event;
  const line = {
    time: time.toISOString(),
    audit,
    result: bounded(result),
    namespace: bounded(namespace),
    name: bounded(name),
    uid: bounded(uid),
    items,
    keys: keys?.slice(0, MOST_KEYS).map(bounded),
    client: bounded(client),
    forwardedFor: bounded(forwardedFor),
  };
  return `${escaped(JSON.stringify(line))}\n`;
}

function bounded(text: string | undefined): string | undefined {
  return text?.slice(0, LONGEST_TEXT);
}
