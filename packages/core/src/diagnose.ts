import { decodeBase64, encodeBase64 } from "./bytes.ts";
import type { ItemFailure } from "./errors.ts";
import { boundPart, type Hint, isHintOf, readHints } from "./hints.ts";
import { fitsKey, type HybridParts, probeHybrid, splitHybrid } from "./hybrid.ts";
import { inspect, type PublicDiagnosis, sealedTexts } from "./inspect.ts";
import { KeyTrials } from "./key-trials.ts";
import type { KeyRing } from "./keyring.ts";
import { MAX_FAILED_TRIALS } from "./limits.ts";
import { type Binding, labelOf, SCOPES } from "./scope.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";
import type { UnsealingKey } from "./sealing-key.ts";

/** Under what an item opens that does not open as its object stands. What the scope does not bind is empty. */
export type Place =
  /** A scope, namespace or name that stands in the object itself: its own, its template's or the item's hint. */
  | { readonly from: "object" | "template" | "hint"; readonly binding: Binding }
  /** One that the caller supplied, by its place among them, from 0; it is not repeated. */
  | { readonly from: "candidate"; readonly index: number };

/** What trial decryption showed of one item. `place` is null where that is the object's own scope, namespace and name. */
export type Verdict =
  | { readonly verdict: "opens"; readonly key: KeyUsed; readonly place: Place | null }
  /** Sealed to that key and place, and changed since: the session key opens, and the value does not. */
  | { readonly verdict: "altered"; readonly key: KeyUsed; readonly place: Place | null }
  | { readonly verdict: "not_base64" }
  | { readonly verdict: "too_short" }
  /** `bits` is the length of the key that it was sealed to. */
  | { readonly verdict: "no_key_of_that_length"; readonly bits: number }
  | { readonly verdict: "no_key_opens" }
  | { readonly verdict: "not_tried" };

/** The key that an item was sealed to. */
export interface KeyUsed {
  readonly fingerprint: string;
  /** A value that such a key opens should be sealed anew. */
  readonly retired: boolean;
}

/**
 * What trial decryption showed, for whoever holds the keys and for nobody else: it tells keys apart, and values that were altered
 * from those that were sealed elsewhere. What others may see is made of it by `conditionOf`.
 */
export interface KeyHolderDiagnosis {
  readonly form: "key-holder";
  readonly public: PublicDiagnosis;
  /** Every item; `spec.data` stands for that of the deprecated format. */
  readonly items: ReadonlyMap<string, Verdict>;
}

/** Why an item does not open, as far as the object's own status may say it. */
export type ConditionFinding =
  | { readonly code: ItemFailure }
  | { readonly code: "opens_elsewhere"; readonly from: "object" | "template" | "hint"; readonly binding: Binding };

/** What a status may say: beside what is public, where an item would have opened, if that place stands in the object itself. */
export interface ConditionDiagnosis {
  readonly form: "condition";
  readonly public: PublicDiagnosis;
  /** The items that do not open. */
  readonly items: ReadonlyMap<string, ConditionFinding>;
}

/** Another name or namespace that an object may have had; the object's own where absent. */
export interface Candidate {
  readonly name?: string;
  readonly namespace?: string;
}

/** How far `diagnose` goes. */
export interface DiagnoseOptions {
  readonly candidates?: readonly Candidate[];
  /** Failed attempts after which items are left untried; 1000 where absent. With 4096 bits, each takes a few milliseconds. */
  readonly maxFailedTrials?: number;
}

/**
 * Finds out why an object does not open. Each key is tried under the object's own scope, namespace and name first, then under all
 * others that stand in it, then under the candidates. No value leaves it, and the template is not rendered.
 *
 * @param ring also with retired keys, so that it can tell what they open
 */
export async function diagnose(
  sealed: SealedSecret,
  ring: KeyRing,
  options: DiagnoseOptions = {},
): Promise<KeyHolderDiagnosis> {
  const certificates = ring.keys.flatMap(({ certificate }) => certificate ?? []);
  const complete = certificates.length > 0 && certificates.length === ring.keys.length;
  const examiner = new Examiner(sealed, ring, options);
  const items = new Map<string, Verdict>();
  for (const [item, text] of sealedTexts(sealed)) items.set(item, await examiner.examine(item, text));
  return { form: "key-holder", public: await inspect(sealed, complete ? { certificates } : {}), items };
}

/** The part of a key holder's diagnosis that the object's status may show: no key, no alteration, no candidate. */
export function conditionOf(diagnosis: KeyHolderDiagnosis): ConditionDiagnosis {
  const items = new Map<string, ConditionFinding>();
  for (const [item, verdict] of diagnosis.items) {
    const finding = conditionFinding(verdict);
    if (finding !== null) items.set(item, finding);
  }
  return { form: "condition", public: diagnosis.public, items };
}

function conditionFinding(verdict: Verdict): ConditionFinding | null {
  switch (verdict.verdict) {
    case "opens":
      if (verdict.place === null) return null;
      return verdict.place.from === "candidate"
        ? { code: "no_key_opens" }
        : { code: "opens_elsewhere", from: verdict.place.from, binding: verdict.place.binding };
    case "altered":
      return { code: "no_key_opens" };
    default:
      return { code: verdict.verdict };
  }
}

/** A label with where it comes from. */
interface Trial {
  readonly place: Place | null;
  readonly label: Uint8Array;
}

class Examiner {
  readonly #own: Binding;
  readonly #hints: ReadonlyMap<string, Hint>;
  readonly #elsewhere: readonly Trial[];
  readonly #keys: KeyTrials;
  readonly #maxFailedTrials: number;
  #lastPlace: Trial | null = null;
  #failedTrials = 0;

  constructor(sealed: SealedSecret, ring: KeyRing, { candidates = [], maxFailedTrials }: DiagnoseOptions) {
    this.#own = bindingOf(sealed);
    this.#hints = readHints(sealed.metadata.annotations);
    this.#keys = new KeyTrials(ring, sealed);
    this.#elsewhere = [...placesIn(sealed), ...placesOf(candidates, this.#own)];
    this.#maxFailedTrials = maxFailedTrials ?? MAX_FAILED_TRIALS;
  }

  async examine(item: string, text: string): Promise<Verdict> {
    const bytes = decodeBase64(text);
    if (bytes === null) return { verdict: "not_base64" };
    const parts = splitHybrid(bytes);
    if (parts === null) return { verdict: "too_short" };
    const hint = await this.#hintOf(item, bytes);
    const keys = this.#keys.keys(hint?.key ?? null).filter((key) => fitsKey(parts, key.privateKey));
    if (keys.length === 0) return { verdict: "no_key_of_that_length", bits: 8 * parts.encapsulated.length };
    for (const trial of this.#trials(hint)) {
      const verdict = await this.#tryKeys(parts, keys, trial);
      if (verdict !== null) return verdict;
    }
    return { verdict: "no_key_opens" };
  }

  async #tryKeys(parts: HybridParts, keys: readonly UnsealingKey[], trial: Trial): Promise<Verdict | null> {
    for (const key of keys) {
      if (this.#failedTrials >= this.#maxFailedTrials) return { verdict: "not_tried" };
      const outcome = await probeHybrid(parts, key.privateKey, trial.label);
      if (outcome === "closed") {
        this.#failedTrials += 1;
        continue;
      }
      this.#keys.opened(key);
      this.#lastPlace = trial;
      const { fingerprint, retired } = key;
      return { verdict: outcome, key: { fingerprint, retired }, place: trial.place };
    }
    return null;
  }

  /** The object's own, the hint's, and the others; what the last item opened under comes before all but its own. */
  #trials(hint: Hint | null): readonly Trial[] {
    const hinted = hint === null ? [] : [trialAt("hint", hint.binding)];
    const last = this.#lastPlace === null ? [] : [this.#lastPlace];
    return distinct([{ place: null, label: labelOf(this.#own) }, ...last, ...hinted, ...this.#elsewhere]);
  }

  async #hintOf(item: string, bytes: Uint8Array): Promise<Hint | null> {
    const hint = this.#hints.get(item) ?? null;
    return hint !== null && (await isHintOf(hint, bytes)) ? hint : null;
  }
}

/** Every scope with every name and namespace that stands in the object. */
function placesIn(sealed: SealedSecret): readonly Trial[] {
  const { name, namespace } = bindingOf(sealed);
  const template = sealed.spec.template?.metadata ?? {};
  const places = { name: template.name ?? name, namespace: template.namespace ?? namespace };
  return [
    ...SCOPES.map((scope) => trialAt("object", { scope, namespace, name })),
    trialAt("template", { scope: "strict", namespace, name: places.name }),
    ...SCOPES.map((scope) => trialAt("template", { scope, namespace: places.namespace, name: places.name })),
    trialAt("template", { scope: "strict", namespace: places.namespace, name }),
  ];
}

function placesOf(candidates: readonly Candidate[], own: Binding): readonly Trial[] {
  return candidates.flatMap(({ name = own.name, namespace = own.namespace }, index) => {
    const place: Place = { from: "candidate", index };
    return SCOPES.map((scope) => ({ place, label: labelOf({ scope, namespace, name }) }));
  });
}

function trialAt(from: "object" | "template" | "hint", binding: Binding): Trial {
  return { place: { from, binding: boundPart(binding) }, label: labelOf(binding) };
}

/** The first of those with the same label: what stands in the object goes before what a caller supplied. */
function distinct(trials: readonly Trial[]): readonly Trial[] {
  const byLabel = new Map<string, Trial>();
  for (const trial of trials) {
    const label = encodeBase64(trial.label);
    if (!byLabel.has(label)) byLabel.set(label, trial);
  }
  return [...byLabel.values()];
}
