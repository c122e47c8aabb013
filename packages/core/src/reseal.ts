import type { Certificate } from "./certificate.ts";
import { type AcceptsDeprecatedData, DEPRECATED_DATA, isDeprecated, openDeprecatedItem } from "./deprecated-data.ts";
import { SealwrightError } from "./errors.ts";
import { defined } from "./fields.ts";
import type { KeyRing } from "./keyring.ts";
import { type OpenedItems, openItems, type UsesThreads } from "./open-items.ts";
import { refreshHints } from "./refresh-hints.ts";
import { sealValue } from "./seal.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";

/** What is sealed anew, and to which key. */
export interface ResealOptions extends AcceptsDeprecatedData, UsesThreads {
  /** What to seal to; the ring's newest key where absent. Whether it is still valid is the caller's to check. */
  readonly certificate?: Certificate;
  /** Seal anew even what is sealed to that key already. */
  readonly force?: boolean;
  /** Whether the object is to have hints (`sealwright.dev/hints`); where absent, it has them if it had them. */
  readonly hints?: boolean;
}

/** What `reseal` made of an object. */
export interface Resealed {
  readonly sealedSecret: SealedSecret;
  /**
   * The items with a new ciphertext (`spec.data` for that of an object of the deprecated format); none where all were left as
   * they were.
   */
  readonly items: ReadonlySet<string>;
  /** The fingerprints of the keys that the items were sealed to before. */
  readonly keys: ReadonlySet<string>;
}

/**
 * Seals an object's values to another key and changes nothing else of it: scope, template, labels, annotations, fields that
 * nobody knows and the order of its items stay, and an item that is sealed to that key already stays to the byte. All items must
 * open first. Nothing of the template is rendered: whether this succeeds tells nothing of the values.
 *
 * @throws SealwrightError `undecryptable`, `no_sealing_key`, `deprecated_data`, `conflicting_data`
 */
export async function reseal(sealed: SealedSecret, ring: KeyRing, options: ResealOptions = {}): Promise<Resealed> {
  const certificate = options.certificate ?? ring.newest?.certificate;
  if (certificate === undefined) throw new SealwrightError({ code: "no_sealing_key" });
  const deprecated = isDeprecated(sealed, options);
  const { threads } = options;
  const opened = deprecated
    ? await openDeprecatedItem(sealed, ring, { threads })
    : await openItems(sealed, ring, { threads });
  try {
    const texts = await resealItems(sealed, opened, certificate, options.force === true);
    const spec = deprecated
      ? defined({ ...sealed.spec, data: texts.get(DEPRECATED_DATA) ?? sealed.spec.data })
      : { ...sealed.spec, encryptedData: replaced(sealed.spec.encryptedData, texts) };
    const known = new Set(opened.items.keys());
    return {
      sealedSecret: await refreshHints(
        { ...sealed, spec },
        { known, fingerprint: certificate.fingerprint, wanted: options.hints },
      ),
      items: new Set(texts.keys()),
      keys: opened.keys,
    };
  } finally {
    for (const value of opened.items.values()) value.fill(0);
  }
}

async function resealItems(
  sealed: SealedSecret,
  { items, keyOf }: OpenedItems,
  certificate: Certificate,
  force: boolean,
): Promise<ReadonlyMap<string, string>> {
  const binding = bindingOf(sealed);
  const stale = [...items].filter(([item]) => force || keyOf.get(item)?.fingerprint !== certificate.fingerprint);
  const texts = stale.map(async ([item, value]) => [item, await sealValue(value, binding, certificate)] as const);
  return new Map(await Promise.all(texts));
}

function replaced(
  texts: Readonly<Record<string, string>>,
  by: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([item, text]) => [item, by.get(item) ?? text]));
}
