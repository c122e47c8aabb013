import { decodeBase64 } from "./bytes.ts";
import { type ItemFailure, SealwrightError } from "./errors.ts";
import { type Hint, isHintOf, readHints } from "./hints.ts";
import { decryptHybrid, fitsKey, type HybridParts, hybridDecryptionBy, splitHybrid } from "./hybrid.ts";
import { KeyTrials } from "./key-trials.ts";
import type { KeyRing } from "./keyring.ts";
import { MAX_FAILED_TRIALS } from "./limits.ts";
import { labelOf } from "./scope.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";
import type { UnsealingKey } from "./sealing-key.ts";
import type { DecryptionThreads } from "./threads/decryption-threads.ts";

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

/** Where the decrypting is done. */
export interface UsesThreads {
  /** Do what takes long of the decrypting (`createDecryptionThreads`); without them, it is done on this thread. */
  readonly threads?: DecryptionThreads | undefined;
}

export interface OpenOptions extends UsesThreads {
  /** Base64 by item; the object's `spec.encryptedData` unless it is something else that is sealed. */
  readonly texts?: Readonly<Record<string, string>>;
}

/**
 * Decrypts sealed values of one object: all, or it throws and wipes those that had opened.
 *
 * @throws SealwrightError `undecryptable`, `no_sealing_key`
 */
export async function openItems(sealed: SealedSecret, ring: KeyRing, options: OpenOptions = {}): Promise<OpenedItems> {
  if (ring.keys.length === 0) throw new SealwrightError({ code: "no_sealing_key" });
  const { texts = sealed.spec.encryptedData, threads } = options;
  const opening = new Opening(Object.entries(texts), new Opener(sealed, ring, threads));
  try {
    await opening.run(threads?.parallel ?? 1);
    const failures = opening.failures();
    if (failures.size > 0) throw new SealwrightError({ code: "undecryptable", items: failures });
  } catch (error) {
    for (const { value } of opening.opened().values()) value.fill(0);
    throw error;
  }
  const opened = [...opening.opened()];
  const keyOf = new Map(opened.map(([item, { key }]) => [item, key]));
  return {
    items: new Map(opened.map(([item, { value }]) => [item, value])),
    keyOf,
    keys: new Set([...keyOf.values()].map((key) => key.fingerprint)),
  };
}

type Opened = { readonly value: Uint8Array; readonly key: UnsealingKey };
type Outcome = Opened | ItemFailure;

/** The items of one object on their way: begun in order, and as many at a time as may be once a key has proved right. */
class Opening {
  readonly #texts: readonly (readonly [item: string, text: string])[];
  /** What nobody has begun yet; all who open take from it. */
  readonly #rest: Iterable<readonly [item: string, text: string]>;
  readonly #opener: Opener;
  readonly #outcomes = new Map<string, Outcome>();
  #failed = 0;
  /** Nothing more is begun. */
  #ended = false;

  constructor(texts: readonly (readonly [item: string, text: string])[], opener: Opener) {
    this.#texts = texts;
    this.#rest = texts.values();
    this.#opener = opener;
  }

  /** Opens item after item until enough have failed. Where it throws, nothing is under way any more. */
  async run(parallel: number): Promise<void> {
    await this.#openUntil((outcome) => typeof outcome !== "string");
    const ends = await Promise.allSettled(Array.from({ length: parallel }, () => this.#openUntil(() => false)));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  opened(): ReadonlyMap<string, Opened> {
    return this.#named((outcome) => typeof outcome !== "string");
  }

  /** The first ones, whatever else was under way when there were enough. */
  failures(): ReadonlyMap<string, ItemFailure> {
    return new Map([...this.#named((outcome) => typeof outcome === "string")].slice(0, ENOUGH_FAILURES));
  }

  async #openUntil(isLast: (outcome: Outcome) => boolean): Promise<void> {
    for (const [item, text] of this.#rest) {
      if (this.#ended) return;
      const outcome = await this.#opener.open(item, text).catch((error: unknown) => {
        // The others need not begin what cannot come to a good end.
        this.#ended = true;
        throw error;
      });
      this.#outcomes.set(item, outcome);
      if (typeof outcome === "string") this.#failed += 1;
      if (this.#failed >= ENOUGH_FAILURES) this.#ended = true;
      if (isLast(outcome)) return;
    }
  }

  #named<Kind extends Outcome>(isKind: (outcome: Outcome) => outcome is Kind): ReadonlyMap<string, Kind> {
    const named = new Map<string, Kind>();
    for (const [item] of this.#texts) {
      const outcome = this.#outcomes.get(item);
      if (outcome !== undefined && isKind(outcome)) named.set(item, outcome);
    }
    return named;
  }
}

class Opener {
  readonly #decrypt: typeof decryptHybrid;
  readonly #label: Uint8Array;
  readonly #hints: ReadonlyMap<string, Hint>;
  readonly #trials: KeyTrials;
  #failedTrials = 0;

  constructor(sealed: SealedSecret, ring: KeyRing, threads: DecryptionThreads | undefined) {
    this.#decrypt = threads === undefined ? decryptHybrid : hybridDecryptionBy(threads);
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
      // Counted before it is known, so that trials at the same time stay within the limit together.
      this.#failedTrials += 1;
      const value = await this.#decrypt(parts, key.privateKey, this.#label);
      if (value === null) continue;
      this.#failedTrials -= 1;
      this.#trials.opened(key);
      return { value, key };
    }
    return "no_key_opens";
  }

  async #hinted(item: string, bytes: Uint8Array): Promise<string | null> {
    const hint = this.#hints.get(item);
    return hint !== undefined && (await isHintOf(hint, bytes)) ? hint.key : null;
  }
}
