import { decodeBase64 } from "./bytes.ts";
import { type ItemFailure, SealwrightError } from "./errors.ts";
import { defined } from "./fields.ts";
import { decryptHybrid, fitsKey, splitHybrid } from "./hybrid.ts";
import type { KeyRing } from "./keyring.ts";
import { portableMeta } from "./object-meta.ts";
import { labelOf } from "./scope.ts";
import { bindingOf, type SealedSecret } from "./sealed-secret.ts";
import type { SealingKey } from "./sealing-key.ts";
import type { Secret } from "./secret.ts";
import type { TemplateEngine } from "./template/engine.ts";
import { withTemplateData } from "./template/template-data.ts";

export interface UnsealOptions {
  /** Renders `spec.template.data`; without it, an object that has templates is refused. */
  readonly templates?: TemplateEngine;
}

/** An opened SealedSecret. */
export interface Unsealed {
  /**
   * Name and namespace are the SealedSecret's; the rest of the metadata is its template's, which no ciphertext binds.
   */
  readonly secret: Secret;
  /** The fingerprints of the keys that opened its items; empty where it has none. */
  readonly keys: ReadonlySet<string>;
}

/**
 * Opens every item of a SealedSecret. Either all open or it throws: there is no half of a Secret.
 *
 * @throws SealwrightError `undecryptable`, `no_sealing_key`, `deprecated_data`, `missing_name`; of templates
 * `template_engine_absent`,   `template_parse`, `template_failed`, `template_limit`
 */
export async function unseal(sealed: SealedSecret, ring: KeyRing, options: UnsealOptions = {}): Promise<Unsealed> {
  const { template = {} } = sealed.spec;
  const { name, namespace } = sealed.metadata;
  if (name === undefined || name === "") throw new SealwrightError({ code: "missing_name" });
  if (ring.newest === null) throw new SealwrightError({ code: "no_sealing_key" });
  if (sealed.spec.data !== undefined) throw new SealwrightError({ code: "deprecated_data" });

  const { items, keys } = await openItems(sealed, ring);
  const data = await withTemplateData({
    namespace: namespace ?? "",
    items,
    data: template.data ?? {},
    engine: options.templates,
  });
  const secret: Secret = {
    metadata: defined({ ...portableMeta(template.metadata ?? {}), name, namespace }),
    ...defined({ type: template.type, immutable: template.immutable }),
    data,
  };
  return { secret, keys };
}

/** Nothing opens any more, so the rest is not tried: a thousand hostile items times a dozen keys would take minutes. */
const ENOUGH_FAILURES = 5;

interface OpenedItems {
  readonly items: ReadonlyMap<string, Uint8Array>;
  readonly keys: ReadonlySet<string>;
}

async function openItems(sealed: SealedSecret, ring: KeyRing): Promise<OpenedItems> {
  const label = labelOf(bindingOf(sealed));
  const items = new Map<string, Uint8Array>();
  const keys = new Set<string>();
  const failures = new Map<string, ItemFailure>();
  let candidates = ring.keys;
  for (const [item, text] of Object.entries(sealed.spec.encryptedData)) {
    const opened = await openItem(text, candidates, label);
    if (typeof opened === "string") {
      failures.set(item, opened);
      if (failures.size === ENOUGH_FAILURES) break;
      continue;
    }
    items.set(item, opened.value);
    keys.add(opened.key.fingerprint);
    // The items of one object were nearly always sealed to one key.
    candidates = [opened.key, ...ring.keys.filter((key) => key !== opened.key)];
  }
  if (failures.size > 0) throw new SealwrightError({ code: "undecryptable", items: failures });
  return { items, keys };
}

async function openItem(
  text: string,
  candidates: readonly SealingKey[],
  label: Uint8Array,
): Promise<{ readonly value: Uint8Array; readonly key: SealingKey } | ItemFailure> {
  const bytes = decodeBase64(text);
  if (bytes === null) return "not_base64";
  const parts = splitHybrid(bytes);
  if (parts === null) return "too_short";
  const fitting = candidates.filter((key) => fitsKey(parts, key.privateKey));
  for (const key of fitting) {
    const value = await decryptHybrid(parts, key.privateKey, label);
    if (value !== null) return { value, key };
  }
  return fitting.length === 0 ? "no_key_of_that_length" : "no_key_opens";
}
