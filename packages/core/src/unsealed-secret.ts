import { defined } from "./fields.ts";
import { portableMeta } from "./object-meta.ts";
import { omittedItems, withoutOmitAnnotation, withoutOmitted } from "./omit.ts";
import type { SealedSecret } from "./sealed-secret.ts";
import type { Secret } from "./secret.ts";

/** The Secret of a SealedSecret, once its items are known: the template says all the rest. */
export function unsealedSecret({ metadata, spec }: SealedSecret, items: ReadonlyMap<string, Uint8Array>): Secret {
  const { template = {} } = spec;
  const { name, namespace } = metadata;
  return {
    metadata: defined({ ...withoutOmitAnnotation(portableMeta(template.metadata ?? {})), name, namespace }),
    ...defined({ type: template.type, immutable: template.immutable }),
    data: withoutOmitted(items, template.metadata),
  };
}

/** The names of the items that the Secret of a SealedSecret has; nothing is opened. Of one with `spec.data` nobody knows them. */
export function unsealedItems({ spec: { encryptedData, template = {} } }: SealedSecret): ReadonlySet<string> {
  const names = new Set(Object.keys(encryptedData));
  for (const [item, text] of Object.entries(template.data ?? {})) {
    if (text === null) names.delete(item);
    else names.add(item);
  }
  for (const item of omittedItems(template.metadata)) names.delete(item);
  return names;
}
