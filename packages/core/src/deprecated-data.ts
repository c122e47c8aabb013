import { SealwrightError } from "./errors.ts";
import type { KeyRing } from "./keyring.ts";
import { type OpenedItems, openItems, type UsesThreads } from "./open-items.ts";
import type { SealedSecret } from "./sealed-secret.ts";
import { readSecret, type Secret } from "./secret.ts";

/** The name under which `undecryptable` has it: as an item of an object that has no items. */
export const DEPRECATED_DATA = "spec.data";

/** Whether the format of before `spec.encryptedData` is opened too. */
export interface AcceptsDeprecatedData {
  /** Open `spec.data` too, one ciphertext of a whole Secret; otherwise it is refused (Go: `--accept-deprecated-v1-data`). */
  readonly acceptDeprecatedData?: boolean;
}

/**
 * Whether an object is in the format of before `encryptedData`.
 *
 * @throws SealwrightError `deprecated_data` where that is not accepted, `conflicting_data` where it has both formats
 */
export function isDeprecated({ spec }: SealedSecret, { acceptDeprecatedData }: AcceptsDeprecatedData): boolean {
  if (spec.data === undefined) return false;
  if (acceptDeprecatedData !== true) throw new SealwrightError({ code: "deprecated_data" });
  if (Object.keys(spec.encryptedData).length > 0) throw new SealwrightError({ code: "conflicting_data" });
  return true;
}

/**
 * Opens `spec.data`: the JSON of a whole Secret, whose template is nobody's to set.
 *
 * @throws SealwrightError `undecryptable`, `no_sealing_key`, `deprecated_data_unreadable`
 */
export async function openDeprecatedData(
  sealed: SealedSecret,
  ring: KeyRing,
  options: UsesThreads,
): Promise<Pick<OpenedItems, "keys" | "keyOf"> & { readonly secret: Secret }> {
  const { items, keys, keyOf } = await openDeprecatedItem(sealed, ring, options);
  const [json = new Uint8Array()] = items.values();
  try {
    return { secret: readSecret(JSON.parse(new TextDecoder().decode(json))), keys, keyOf };
  } catch {
    // Either error would quote what was sealed.
    throw new SealwrightError({ code: "deprecated_data_unreadable" });
  } finally {
    json.fill(0);
  }
}

/** Decrypts `spec.data`, as an item of that name. */
export function openDeprecatedItem(
  sealed: SealedSecret,
  ring: KeyRing,
  { threads }: UsesThreads,
): Promise<OpenedItems> {
  return openItems(sealed, ring, { texts: { [DEPRECATED_DATA]: sealed.spec.data ?? "" }, threads });
}
