import { decodeBase64 } from "./bytes.ts";
import type { Certificate } from "./certificate.ts";
import { isDeprecated } from "./deprecated-data.ts";
import { SealwrightError } from "./errors.ts";
import { plainLength, splitHybrid } from "./hybrid.ts";
import { assertItemName } from "./item-name.ts";
import { assertSecretSize } from "./limits.ts";
import { refreshHints } from "./refresh-hints.ts";
import { assertBindable, assertBound } from "./scope.ts";
import { sealValue } from "./seal.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";

/** One change of an object's items. `set` adds or replaces; `add` wants the item to be new, all others want it to be there. */
export type Edit =
  | { readonly edit: "set" | "add" | "replace"; readonly item: string; readonly value: Uint8Array }
  | KeylessEdit;

/** A change that seals nothing. */
export type KeylessEdit =
  | { readonly edit: "rename"; readonly item: string; readonly to: string }
  | { readonly edit: "remove"; readonly item: string };

/** What an edit seals to, and what it lets pass. */
export interface EditOptions {
  /** Whether it is still valid is the caller's to check: `assertValidAt`. */
  readonly certificate: Certificate;
  /** Whether the object is to have hints (`sealwright.dev/hints`); where absent, it has them if it had them. */
  readonly hints?: boolean;
  /** As with `seal`: take item names, names and sizes that the API server would refuse. */
  readonly unchecked?: boolean;
}

/**
 * Changes items of an object with the certificate alone: no other item is opened, and nothing else of the object changes. New
 * values are sealed to the object's own scope, namespace and name. An item keeps its place when it is replaced or renamed, since
 * no ciphertext binds an item's name; templates that use a renamed item are not followed.
 *
 * @throws SealwrightError `item_exists`, `item_missing`, `deprecated_data`, `missing_name`, `missing_namespace`; unless it is
 * `unchecked`, also `invalid_item_name`, `invalid_field`, `too_large`
 */
export function edit(sealed: SealedSecret, edits: Iterable<Edit>, options: EditOptions): Promise<SealedSecret>;
/** The same without a certificate, where nothing is sealed. */
export function edit(
  sealed: SealedSecret,
  edits: Iterable<KeylessEdit>,
  options?: Omit<EditOptions, "certificate">,
): Promise<SealedSecret>;
export async function edit(
  sealed: SealedSecret,
  edits: Iterable<Edit>,
  options: Partial<EditOptions> = {},
): Promise<SealedSecret> {
  isDeprecated(sealed, {});
  const draft = new Draft(sealed, options);
  for (const change of edits) await draft.apply(change);
  return draft.finish();
}

class Draft {
  readonly #sealed: SealedSecret;
  readonly #options: Partial<EditOptions>;
  #texts: Map<string, string>;
  readonly #sealedNow = new Set<string>();

  constructor(sealed: SealedSecret, options: Partial<EditOptions>) {
    this.#sealed = sealed;
    this.#options = options;
    this.#texts = new Map(Object.entries(sealed.spec.encryptedData));
  }

  async apply(change: Edit): Promise<void> {
    switch (change.edit) {
      case "add":
        this.#mustNotHave(change.item);
        return this.#set(change.item, change.value);
      case "replace":
        this.#mustHave(change.item);
        return this.#set(change.item, change.value);
      case "set":
        return this.#set(change.item, change.value);
      case "rename":
        return this.#rename(change.item, change.to);
      case "remove":
        this.#mustHave(change.item);
        this.#texts.delete(change.item);
        this.#sealedNow.delete(change.item);
    }
  }

  async finish(): Promise<SealedSecret> {
    if (!this.#isUnchecked) assertSecretSize([...this.#texts.values()].map(valueLength));
    const { spec } = this.#sealed;
    const known = this.#sealedNow;
    const { certificate, hints } = this.#options;
    return refreshHints(
      { ...this.#sealed, spec: { ...spec, encryptedData: Object.fromEntries(this.#texts) } },
      // Without a certificate nothing was sealed, and nothing is known.
      { known, fingerprint: certificate?.fingerprint ?? "", wanted: hints },
    );
  }

  async #set(item: string, value: Uint8Array): Promise<void> {
    const { certificate } = this.#options;
    if (certificate === undefined) throw new TypeError("sealing a value takes a certificate");
    const binding = bindingOf(this.#sealed);
    assertBound(binding);
    if (!this.#isUnchecked) {
      assertBindable(binding);
      assertItemName(item);
    }
    this.#texts.set(item, await sealValue(value, binding, certificate));
    this.#sealedNow.add(item);
  }

  #rename(item: string, to: string): void {
    this.#mustHave(item);
    if (item === to) return;
    this.#mustNotHave(to);
    if (!this.#isUnchecked) assertItemName(to);
    this.#texts = new Map([...this.#texts].map(([name, text]) => [name === item ? to : name, text]));
    if (this.#sealedNow.delete(item)) this.#sealedNow.add(to);
  }

  get #isUnchecked(): boolean {
    return this.#options.unchecked === true;
  }

  #mustHave(item: string): void {
    if (!this.#texts.has(item)) throw new SealwrightError({ code: "item_missing", item });
  }

  #mustNotHave(item: string): void {
    if (this.#texts.has(item)) throw new SealwrightError({ code: "item_exists", item });
  }
}

/** How long a sealed value is in the clear, which its ciphertext does not hide; 0 where it is none. */
export function valueLength(text: string): number {
  const bytes = decodeBase64(text);
  const parts = bytes && splitHybrid(bytes);
  return parts === null ? 0 : plainLength(parts);
}
