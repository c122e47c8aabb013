import { SealwrightError } from "./errors.ts";

const MAX_LENGTH = 253;
const ITEM_NAME = /^[-._a-zA-Z0-9]+$/;

/**
 * Whether Kubernetes takes it for the name of an item: letters, digits, `-`, `_` and `.`, at most 253, and no way out of a
 * folder.
 */
export function isItemName(name: string): boolean {
  return name.length <= MAX_LENGTH && ITEM_NAME.test(name) && name !== "." && !name.startsWith("..");
}

/**
 * Holds a text to what `isItemName` says.
 *
 * @throws SealwrightError `invalid_item_name`
 */
export function assertItemName(item: string): void {
  if (!isItemName(item)) throw new SealwrightError({ code: "invalid_item_name", item });
}
