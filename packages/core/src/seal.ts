import { encodeBase64 } from "./bytes.ts";
import type { Certificate } from "./certificate.ts";
import { SealwrightError } from "./errors.ts";
import { defined } from "./fields.ts";
import { encryptHybrid } from "./hybrid.ts";
import { assertItemName } from "./item-name.ts";
import { assertSecretSize } from "./limits.ts";
import { portableMeta, withoutEmptyMaps } from "./object-meta.ts";
import { refreshHints } from "./refresh-hints.ts";
import { assertBindable, assertBound, type Binding, labelOf, type Scope, scopeOf, withScope } from "./scope.ts";
import { SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND, type SealedSecret } from "./sealed-secret.ts";
import type { Secret } from "./secret.ts";
import { assertSecretType } from "./secret-types.ts";

/** What a Secret is sealed to, and what it is let pass with. */
export interface SealOptions {
  /** Whether it is still valid is the caller's to check: `assertValidAt`. */
  readonly certificate: Certificate;
  /** Where absent, the Secret's own annotations decide. */
  readonly scope?: Scope;
  /** Seal a Secret without any item; otherwise that is an error. */
  readonly allowEmptyData?: boolean;
  /** Write `sealwright.dev/hints`: what each item was sealed to, so that a renamed or moved file is noticed without a key. */
  readonly hints?: boolean;
  /**
   * Base64 by item: sealed values to keep instead of sealing anew, so that what did not change does not change in Git either. That they
   * hold the very values, sealed to this certificate, scope, namespace and name, is for the caller to know: nobody can see it here.
   */
  readonly keep?: ReadonlyMap<string, string>;
  /**
   * Seal what the API server would refuse as a Secret: without the items that its type demands, with item names that it does not
   * take, of more than 1 MiB, bound to a name or namespace that nothing can have. As the Go project's kubeseal does.
   */
  readonly unchecked?: boolean;
}

/**
 * Seals every item of a Secret to a certificate. The name and namespace that the scope binds must be in its metadata.
 *
 * @throws SealwrightError `missing_name`, `missing_namespace`, `empty_data`; unless it is `unchecked`, also `incomplete_type`,
 * `item_not_json`, `invalid_item_name`, `too_large`, `invalid_field`
 */
export async function seal(secret: Secret, options: SealOptions): Promise<SealedSecret> {
  const scope = options.scope ?? scopeOf(secret.metadata.annotations);
  const { name = "", namespace = "" } = secret.metadata;
  assertBound({ scope, namespace, name });
  if (secret.data.size === 0 && options.allowEmptyData !== true) throw new SealwrightError({ code: "empty_data" });
  if (options.unchecked !== true) assertSealable(secret, { scope, namespace, name });

  const annotations = options.scope === undefined ? undefined : withScope(secret.metadata.annotations, scope);
  // Not every Secret comes from `readSecret`, and a template must never carry a copy of the plaintext.
  const metadata = portableMeta({ ...secret.metadata, ...defined({ annotations }) });
  const items = await sealItems(secret.data, { scope, namespace, name }, options);
  const sealed: SealedSecret = {
    apiVersion: SEALED_SECRET_API_VERSION,
    kind: SEALED_SECRET_KIND,
    metadata: withoutEmptyMaps({
      name,
      ...defined({ namespace: namespace === "" ? undefined : namespace }),
      annotations: withScope({}, scope),
    }),
    spec: {
      encryptedData: Object.fromEntries(items.map(({ item, text }) => [item, text])),
      template: defined({
        metadata: withoutEmptyMaps(metadata),
        type: secret.type,
        immutable: secret.immutable,
      }),
    },
  };
  return refreshHints(sealed, {
    known: new Set(secret.data.keys()),
    bytes: new Map(items.map(({ item, bytes }) => [item, bytes])),
    fingerprint: options.certificate.fingerprint,
    wanted: options.hints,
  });
}

/** Seals one value, to be put into `spec.encryptedData` of a SealedSecret of that name, namespace and scope. */
export async function sealValue(value: Uint8Array, binding: Binding, certificate: Certificate): Promise<string> {
  return encodeBase64(await encryptHybrid(certificate.publicKey, value, labelOf(binding)));
}

/** Refuses early what would be refused when it is applied, or could never open. */
function assertSealable(secret: Secret, binding: Binding): void {
  assertBindable(binding);
  assertSecretType(secret);
  for (const item of secret.data.keys()) assertItemName(item);
  assertSecretSize([...secret.data.values()].map((value) => value.length));
}

interface SealedItem {
  readonly item: string;
  readonly text: string;
  /** Null where the text was kept. */
  readonly bytes: Uint8Array | null;
}

async function sealItems(
  items: Secret["data"],
  binding: Binding,
  { certificate, keep }: SealOptions,
): Promise<readonly SealedItem[]> {
  const label = labelOf(binding);
  const sealed = [...items].map(async ([item, value]) => {
    const kept = keep?.get(item);
    if (kept !== undefined) return { item, text: kept, bytes: null };
    const bytes = await encryptHybrid(certificate.publicKey, value, label);
    return { item, text: encodeBase64(bytes), bytes };
  });
  return Promise.all(sealed);
}
