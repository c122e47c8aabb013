import { decodeBase64 } from "./bytes.ts";
import { HINTS_ANNOTATION, type Hint, hintFor, readHints, withHints } from "./hints.ts";
import { withAnnotations } from "./object-meta.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";

export interface Refresh {
  /** Items that are known to be sealed to the key, under the object's own binding. */
  readonly known: ReadonlySet<string>;
  /** What the text of items stands for, where that is at hand: it is not decoded again. */
  readonly bytes?: ReadonlyMap<string, Uint8Array | null>;
  /** The fingerprint of that key. */
  readonly fingerprint: string;
  /** Whether the object is to have hints; where absent, it has them if it had them. */
  readonly wanted?: boolean | undefined;
}

/**
 * Brings the hints of an object in step with its items. Of an item that is not known, an old hint stays only while it speaks of
 * the same bytes, under whichever name it stood: an item may have been renamed.
 */
export async function refreshHints(sealed: SealedSecret, refresh: Refresh): Promise<SealedSecret> {
  const { annotations } = sealed.metadata;
  const had = annotations !== undefined && Object.hasOwn(annotations, HINTS_ANNOTATION);
  if (refresh.wanted !== true && !had) return sealed;
  const hints = refresh.wanted === false ? new Map<string, Hint>() : await hintsOf(sealed, refresh);
  return { ...sealed, metadata: withAnnotations(sealed.metadata, withHints(annotations, hints)) };
}

async function hintsOf(
  sealed: SealedSecret,
  { known, bytes: atHand, fingerprint }: Refresh,
): Promise<ReadonlyMap<string, Hint>> {
  const binding = bindingOf(sealed);
  const byHash = new Map([...readHints(sealed.metadata.annotations).values()].map((hint) => [hint.hash, hint]));
  const hints = new Map<string, Hint>();
  for (const [item, text] of Object.entries(sealed.spec.encryptedData)) {
    const bytes = atHand?.get(item) ?? decodeBase64(text);
    if (bytes === null) continue;
    const fresh = await hintFor(bytes, binding, fingerprint);
    const old = byHash.get(fresh.hash);
    if (known.has(item)) hints.set(item, fresh);
    else if (old !== undefined) hints.set(item, old);
  }
  return hints;
}
