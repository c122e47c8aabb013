import { createHash } from "node:crypto";
import { bindingOf, DEPRECATED_DATA, labelOf, type SealedSecret } from "@sealwright/core";
import { NO_POLICY, type Policy } from "../policy.ts";
import { LENGTH } from "./record.ts";

/** What the controller's flags have a say in. */
export interface RecordOptions {
  readonly acceptDeprecatedData: boolean;
  readonly keepSecrets?: boolean;
  readonly policy?: Policy;
}

/**
 * A public hash of all, but for the encrypted items, that decides what a Secret is made of a SealedSecret: the rest of its spec, and
 * flags. The order of fields counts, which is the API server's and does not change: at worst a SealedSecret is opened once more.
 */
export function inputsOf({ spec }: SealedSecret, options: RecordOptions): Uint8Array {
  const { acceptDeprecatedData, keepSecrets = false, policy = NO_POLICY } = options;
  const { encryptedData: _, ...rest } = spec;
  // Flags that came later count where they are given: without them, the records of before stay good.
  const more = keepSecrets || JSON.stringify(policy) !== JSON.stringify(NO_POLICY) ? [keepSecrets, policy] : [];
  return hash([acceptDeprecatedData, rest, ...more]);
}

/** A public hash of each item's ciphertext and of the label that it must open under, in hex by item. `spec.data` is one under that name. */
export function itemHashesOf(sealed: SealedSecret): ReadonlyMap<string, string> {
  const { encryptedData, data } = sealed.spec;
  const label = Buffer.from(labelOf(bindingOf(sealed))).toString("utf8");
  const items = [...Object.entries(encryptedData), ...(data === undefined ? [] : [[DEPRECATED_DATA, data] as const])];
  return new Map(items.map(([item, text]) => [item, hash([label, item, text]).toString("hex")]));
}

function hash(value: unknown): Buffer {
  return createHash("sha256").update(JSON.stringify(value)).digest().subarray(0, LENGTH);
}
