import { hasTemplates, type SealedSecret, unsealedItems, unsealedSecret } from "@sealwright/core";
import type { RecordUse } from "./outcome.ts";
import type { ExistingSecret, Opened, ReconcilePorts, Recorded } from "./ports.ts";

export interface OpenedBy extends Opened {
  readonly use: Exclude<RecordUse, "version">;
  /** The record, where it tells of all of this already. */
  readonly record: string | null;
}

type Items = ReadonlyMap<string, Uint8Array>;

/**
 * What a SealedSecret holds, with as few private-key operations as may be: what its Secret has of it still, and a record proves to be
 * unsealed, is taken from there.
 *
 * @param existing the Secret as it was read; null where there is none, or where it was not looked at
 * @throws SealwrightError
 */
export async function open(
  sealed: SealedSecret,
  recorded: Recorded | null,
  existing: ExistingSecret | null,
  unseal: ReconcilePorts["unseal"],
): Promise<OpenedBy> {
  if (recorded === null) return { ...(await unseal(sealed)), use: "none", record: null };
  const proven = existing === null ? null : provenItems(sealed, recorded, existing);
  // The rendered items too: a template that draws random numbers would draw others.
  if (proven !== null && recorded.unchanged) {
    return { secret: unsealedSecret(sealed, proven), keyOf: recorded.keyOf, use: "content", record: recorded.text };
  }
  const known = proven === null ? new Map() : knownItems(sealed, recorded, proven);
  const { secret, keyOf } = await unseal(sealed, known);
  const formerKeyOf = [...recorded.keyOf].filter(([item]) => known.has(item));
  const use = known.size === 0 ? "refused" : "items";
  return { secret, keyOf: new Map([...formerKeyOf, ...keyOf]), use, record: null };
}

/** The Secret's items where the record proves them to be the unsealed ones; null where it does not. */
function provenItems(sealed: SealedSecret, recorded: Recorded, existing: ExistingSecret): Items | null {
  // The Secret in `spec.data` has names that nobody sees.
  if (sealed.spec.data !== undefined) return null;
  const { data } = existing.secret;
  // Others may have items of their own in it. Which names the former spec had, nobody knows any more: then it must be all of them.
  const names = recorded.unchanged ? unsealedItems(sealed) : new Set(data.keys());
  const items = new Map([...data].filter(([item]) => names.has(item)));
  return recorded.holds(existing, items) ? items : null;
}

/** Items that need not be opened again: their ciphertext is the same, and no template wants the values of those that were left out. */
function knownItems({ spec }: SealedSecret, { keyOf }: Recorded, proven: Items): Items {
  if (hasTemplates(spec.template?.data)) return new Map();
  return new Map([...proven].filter(([item]) => keyOf.has(item)));
}
