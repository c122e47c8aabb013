import { decodeBase64 } from "./bytes.ts";
import { type ItemFailure, SealwrightError } from "./errors.ts";
import { type Hint, isHintOf, readHints } from "./hints.ts";
import { decryptHybrid, fitsKey, type HybridParts, splitHybrid } from "./hybrid.ts";
import { KeyTrials } from "./key-trials.ts";
import type { KeyRing } from "./keyring.ts";
import { MAX_FAILED_TRIALS } from "./limits.ts";
import { labelOf } from "./scope.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";
import type { UnsealingKey } from "./sealing-key.ts";

/** Every item of an object, decrypted. */
export interface OpenedItems {
  readonly items: ReadonlyMap<string, Uint8Array>;
  /** Which key opened each. */
  readonly keyOf: ReadonlyMap<string, UnsealingKey>;
  /** The fingerprints of those keys. */
  readonly keys: ReadonlySet<string>;
}

/** The object stays shut, so the rest is not tried: a thousand hostile items times a dozen keys would take minutes. */
const ENOUGH_FAILURES = 5;

/**
 * Decrypts sealed values of one object: all, or it throws and wipes those that had opened.
 *
 * @param texts base64 by item; the object's `spec.encryptedData` unless it is something else that is sealed
 * @throws SealwrightError `undecryptable`, `no_sealing_key`
 */
export async function openItems(
  sealed: SealedSecret,
  ring: KeyRing,
  texts: Readonly<Record<string, string>> = sealed.spec.encryptedData,
): Promise<OpenedItems> {
  if (ring.keys.length === 0) throw new SealwrightError({ code: "no_sealing_key" });
  const opener = new Opener(sealed, ring);
  const items = new Map<string, Uint8Array>();
  const keyOf = new Map<string, UnsealingKey>();
  const failures = new Map<string, ItemFailure>();
  for (const [item, text] of Object.entries(texts)) {
    const opened = await opener.open(item, text);
    if (typeof opened === "string") {
      failures.set(item, opened);
      if (failures.size === ENOUGH_FAILURES) break;
      continue;
    }
    items.set(item, opened.value);
    keyOf.set(item, opened.key);
  }
  if (failures.size === 0) return { items, keyOf, keys: new Set([...keyOf.values()].map((key) => key.fingerprint)) };
  for (const value of items.values()) value.fill(0);
  throw new SealwrightError({ code: "undecryptable", items: failures });
}

type Opened = { readonly value: Uint8Array; readonly key: UnsealingKey };

class Opener {
  readonly #label: Uint8Array;
  readonly #hints: ReadonlyMap<string, Hint>;
  readonly #trials: KeyTrials;
  #failedTrials = 0;

  constructor(sealed: SealedSecret, ring: KeyRing) {
    this.#label = labelOf(bindingOf(sealed));
    this.#hints = readHints(sealed.metadata.annotations);
    this.#trials = new KeyTrials(ring, sealed);
  }

  async open(item: string, text: string): Promise<Opened | ItemFailure> {
    const bytes = decodeBase64(text);
    if (bytes === null) return "not_base64";
    const parts = splitHybrid(bytes);
    if (parts === null) return "too_short";
    const fitting = this.#trials.keys(await this.#hinted(item, bytes)).filter((key) => fitsKey(parts, key.privateKey));
    return fitting.length === 0 ? "no_key_of_that_length" : this.#tryKeys(parts, fitting);
  }

  async #tryKeys(parts: HybridParts, keys: readonly UnsealingKey[]): Promise<Opened | ItemFailure> {
    for (const key of keys) {
      if (this.#failedTrials >= MAX_FAILED_TRIALS) return "not_tried";
      const value = await decryptHybrid(parts, key.privateKey, this.#label);
      if (value !== null) {
        this.#trials.opened(key);
        return { value, key };
      }
      this.#failedTrials += 1;
    }
    return "no_key_opens";
  }

  async #hinted(item: string, bytes: Uint8Array): Promise<string | null> {
    const hint = this.#hints.get(item);
    return hint !== undefined && (await isHintOf(hint, bytes)) ? hint.key : null;
  }
}
