import { SealwrightError } from "./errors.ts";

/** Bytes of all the values of a Secret together, as the API server counts them: names are free. */
export const MAX_SECRET_BYTES = 1024 * 1024;

/**
 * Bounds on a document that somebody else wrote. The API server takes no request of more than 3 MiB, so whatever it has ever held
 * is well within them.
 */
export const MAX_SEALED_TEXT = 8 * 1024 * 1024;
export const MAX_ITEMS = 10_000;
export const MAX_DEPTH = 100;
export const MAX_FIELDS = 100_000;
/** Attempts at items of one object that open nothing: what an object costs that was sealed to as many keys as it could be. */
export const MAX_FAILED_TRIALS = 10_000;

/** What a limit is on: bytes of plain values, characters of sealed ones, items, or levels and fields of a document. */
export type Limited = "value bytes" | "sealed characters" | "items" | "levels" | "fields";

/** @throws SealwrightError `too_large` where the values take more than 1 MiB, which no Secret may */
export function assertSecretSize(sizes: Iterable<number>): void {
  let total = 0;
  for (const size of sizes) total += size;
  if (total > MAX_SECRET_BYTES) throw tooLarge("value bytes", MAX_SECRET_BYTES);
}

/**
 * Refuses a document that is nested too deeply or has too many fields. It also ends on one that contains itself, or that aliases
 * have blown up, as a YAML reader may hand it over.
 *
 * @throws SealwrightError `too_large`
 */
export function assertBounded(document: unknown): void {
  let level = [document].filter(isContainer);
  let fields = 0;
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw tooLarge("levels", MAX_DEPTH);
    const next: object[] = [];
    for (const container of level) {
      const values = Object.values(container);
      fields += values.length;
      if (fields > MAX_FIELDS) throw tooLarge("fields", MAX_FIELDS);
      for (const value of values) if (isContainer(value)) next.push(value);
    }
    level = next;
  }
}

/** @throws SealwrightError `too_large` */
export function assertSealedSize(texts: readonly string[]): void {
  if (texts.length > MAX_ITEMS) throw tooLarge("items", MAX_ITEMS);
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  if (total > MAX_SEALED_TEXT) throw tooLarge("sealed characters", MAX_SEALED_TEXT);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function tooLarge(what: Limited, limit: number): SealwrightError {
  return new SealwrightError({ code: "too_large", what, limit });
}
