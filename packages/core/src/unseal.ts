import { type AcceptsDeprecatedData, isDeprecated, openDeprecatedData } from "./deprecated-data.ts";
import { SealwrightError } from "./errors.ts";
import { defined } from "./fields.ts";
import type { KeyRing } from "./keyring.ts";
import { portableMeta } from "./object-meta.ts";
import { withoutOmitAnnotation, withoutOmitted } from "./omit.ts";
import { openItems } from "./open-items.ts";
import type { SealedSecret } from "./sealed-secret.ts";
import type { Secret } from "./secret.ts";
import type { TemplateEngine } from "./template/engine.ts";
import { withTemplateData } from "./template/template-data.ts";

export interface UnsealOptions extends AcceptsDeprecatedData {
  /** Renders `spec.template.data`; without it, an object that has templates is refused. */
  readonly templates?: TemplateEngine;
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
}

/**
 * Opens every item of a SealedSecret. Either all open or it throws: there is no half of a Secret.
 *
 * @throws SealwrightError `undecryptable`, `no_sealing_key`, `missing_name`; of `spec.data` `deprecated_data`, `conflicting_data`,
 * `deprecated_data_unreadable`; of templates `template_engine_absent`, `template_parse`, `template_failed`, `template_limit`
 */
export async function unseal(sealed: SealedSecret, ring: KeyRing, options: UnsealOptions = {}): Promise<Unsealed> {
  const { template = {} } = sealed.spec;
  const { name, namespace } = sealed.metadata;
  if (name === undefined || name === "") throw new SealwrightError({ code: "missing_name" });
  if (isDeprecated(sealed, options)) {
    const { secret, keys } = await openDeprecatedData(sealed, ring);
    return { secret: { ...secret, metadata: defined({ ...secret.metadata, name, namespace }) }, keys };
  }

  const { items, keys } = await openItems(sealed, ring);
  const data = await withTemplateData({
    namespace: namespace ?? "",
    items,
    data: template.data ?? {},
    engine: options.templates,
  });
  const secret: Secret = {
    metadata: defined({ ...withoutOmitAnnotation(portableMeta(template.metadata ?? {})), name, namespace }),
    ...defined({ type: template.type, immutable: template.immutable }),
    data: withoutOmitted(data, template.metadata),
  };
  return { secret, keys };
}
