import { type AcceptsDeprecatedData, isDeprecated, openDeprecatedData } from "./deprecated-data.ts";
import { SealwrightError } from "./errors.ts";
import { defined } from "./fields.ts";
import type { KeyRing } from "./keyring.ts";
import { type OpenedItems, openItems, type UsesThreads } from "./open-items.ts";
import type { SealedSecret } from "./sealed-secret.ts";
import type { Secret } from "./secret.ts";
import type { TemplateEngine } from "./template/engine.ts";
import { withTemplateData } from "./template/template-data.ts";
import { unsealedSecret } from "./unsealed-secret.ts";

/** What may be opened, and by what means. */
export interface UnsealOptions extends AcceptsDeprecatedData, UsesThreads {
  /** Renders `spec.template.data`; without it, an object that has templates is refused. */
  readonly templates?: TemplateEngine;
  /** Values of items of `encryptedData` that the caller has from an earlier opening: these are taken as they are. */
  readonly known?: ReadonlyMap<string, Uint8Array>;
}

/** An opened SealedSecret. */
export interface Unsealed {
  /**
   * Name and namespace are the SealedSecret's; the rest of the metadata is its template's, which no ciphertext binds (of a
   * `spec.data`, that of the Secret that was sealed). `wipeSecret` clears it away.
   */
  readonly secret: Secret;
  /** The fingerprints of the keys that opened its items; empty where it has none. Those that are retired deserve a warning. */
  readonly keys: ReadonlySet<string>;
  /** Which of them opened which item; `spec.data` is one under that name. An item that was known is not among them. */
  readonly keyOf: ReadonlyMap<string, string>;
}

/**
 * Opens every item of a SealedSecret. Either all open or it throws: there is no half of a Secret.
 *
 * @throws SealwrightError `undecryptable`, `no_sealing_key`, `missing_name`; of `spec.data` `deprecated_data`, `conflicting_data`,
 * `deprecated_data_unreadable`; of templates `template_engine_absent`, `template_parse`, `template_failed`, `template_limit`
 */
export async function unseal(sealed: SealedSecret, ring: KeyRing, options: UnsealOptions = {}): Promise<Unsealed> {
  const { name, namespace } = sealed.metadata;
  if (name === undefined || name === "") throw new SealwrightError({ code: "missing_name" });
  if (isDeprecated(sealed, options)) {
    const { secret, ...opened } = await openDeprecatedData(sealed, ring, options);
    return { secret: { ...secret, metadata: defined({ ...secret.metadata, name, namespace }) }, ...keysOf(opened) };
  }

  const { known = new Map() } = options;
  const closed = Object.entries(sealed.spec.encryptedData).filter(([item]) => !known.has(item));
  const opened = await openItems(sealed, ring, { texts: Object.fromEntries(closed), threads: options.threads });
  const toWipe = new Set(opened.items.values());
  try {
    const items = await withTemplateData({
      namespace: namespace ?? "",
      items: new Map([...known, ...opened.items]),
      data: sealed.spec.template?.data ?? {},
      engine: options.templates,
    });
    for (const [item, value] of items) if (!known.has(item)) toWipe.add(value);
    const secret = unsealedSecret(sealed, items);
    for (const value of secret.data.values()) toWipe.delete(value);
    return { secret, ...keysOf(opened) };
  } finally {
    // What a template left out, or everything where it failed: nobody else has it.
    for (const value of toWipe) value.fill(0);
  }
}

function keysOf({ keys, keyOf }: Pick<OpenedItems, "keys" | "keyOf">): Pick<Unsealed, "keys" | "keyOf"> {
  return { keys, keyOf: new Map([...keyOf].map(([item, { fingerprint }]) => [item, fingerprint])) };
}
