import { readHints } from "@sealwright/core";
import { type Fields, fieldsOf, textOf } from "./cluster.ts";

/**
 * Whether a SealedSecret's Secret is what it says: `pending` where no controller has looked at it as it is now. What of it is text
 * comes from the cluster as it is: make it printable before anybody sees it.
 */
export interface SealedSecretState {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly sync: "synced" | "failed" | "pending";
  /** The condition's; empty where there is none. */
  readonly reason: string;
  readonly message: string;
  /** Since when it is so; null where nothing tells. */
  readonly since: Date | null;
  /** Which keys its items were sealed to. */
  readonly keys: KeyTraces;
}

export interface KeyTraces {
  /** Fingerprints, as the controller has noted them. */
  readonly fingerprints: readonly string[];
  /** First characters of fingerprints, as whoever sealed it has noted them. */
  readonly beginnings: readonly string[];
  /** Whether these are all of its items' keys. */
  readonly complete: boolean;
}

/** Reads what the API server gives, whatever its shape. */
export function readState(object: unknown): SealedSecretState {
  const { metadata: rawMetadata, spec, status: rawStatus } = fieldsOf(object);
  const metadata = fieldsOf(rawMetadata);
  const status = fieldsOf(rawStatus);
  const condition = syncedOf(status);
  const isCurrent = isOfGeneration(status, metadata);
  return {
    namespace: textOf(metadata["namespace"]),
    name: textOf(metadata["name"]),
    uid: textOf(metadata["uid"]),
    sync: !isCurrent || condition === null ? "pending" : condition["status"] === "True" ? "synced" : "failed",
    reason: textOf(condition?.["reason"]),
    message: textOf(condition?.["message"]),
    since: dateOf(condition?.["lastTransitionTime"]) ?? dateOf(metadata["creationTimestamp"]),
    keys: keysOf(metadata, fieldsOf(spec), status, isCurrent),
  };
}

function syncedOf({ conditions }: Fields): Fields | null {
  if (!Array.isArray(conditions)) return null;
  return conditions.map(fieldsOf).find(({ type }) => type === "Synced") ?? null;
}

/** Old controllers note no generation: then the condition is taken at its word. */
function isOfGeneration({ observedGeneration }: Fields, { generation }: Fields): boolean {
  return observedGeneration === undefined || generation === undefined || observedGeneration === generation;
}

/** What the controller noted of this very object is the truth; else whatever speaks for a key counts. */
function keysOf(metadata: Fields, spec: Fields, status: Fields, isCurrent: boolean): KeyTraces {
  const { sealedWith } = status;
  const fingerprints = (Array.isArray(sealedWith) ? sealedWith : []).filter((each) => typeof each === "string");
  if (isCurrent && fingerprints.length > 0) return { fingerprints, beginnings: [], complete: true };
  const hints = readHints(textMap(metadata["annotations"]));
  const items = Object.keys(fieldsOf(spec["encryptedData"]));
  const beginnings = [...new Set([...hints.values()].map(({ key }) => key))];
  return { fingerprints, beginnings, complete: items.length > 0 && items.every((item) => hints.has(item)) };
}

function textMap(value: unknown): Record<string, string> {
  const entries = Object.entries(fieldsOf(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}

export function dateOf(value: unknown): Date | null {
  const date = new Date(textOf(value));
  return Number.isNaN(date.getTime()) ? null : date;
}
