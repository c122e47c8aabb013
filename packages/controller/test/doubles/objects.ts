import { readSecret, type Secret } from "@sealwright/core";
import type { ExistingSecret, ObservedSealedSecret, OwnerReference } from "../../src/ports.ts";

/** The SealedSecret `shop/database`, as the API server holds it. */
export function observedSealedSecret(changes: Partial<ObservedSealedSecret> = {}): ObservedSealedSecret {
  return {
    namespace: "shop",
    name: "database",
    uid: "uid-1",
    generation: 3,
    resourceVersion: "30",
    annotations: {},
    manifest: sealedSecretManifest({}),
    status: {},
    ...changes,
  };
}

export function sealedSecretManifest(encryptedData: Readonly<Record<string, string>>, template: object = {}) {
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { namespace: "shop", name: "database", uid: "uid-1", generation: 3, resourceVersion: "30" },
    spec: { encryptedData, template },
  };
}

/** The owner reference that SealedSecret `shop/database` gives its Secret. */
export const OWNER: OwnerReference = {
  apiVersion: "bitnami.com/v1alpha1",
  kind: "SealedSecret",
  name: "database",
  uid: "uid-1",
  controller: true,
};

export interface SecretParts {
  readonly items?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly immutable?: boolean;
}

/** The Secret `shop/database`, unsealed; its items as text. */
export function secretOf({
  items = { password: "s3cret" },
  labels,
  annotations,
  type,
  immutable,
}: SecretParts = {}): Secret {
  return {
    metadata: {
      namespace: "shop",
      name: "database",
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...(type === undefined ? {} : { type }),
    ...(immutable === undefined ? {} : { immutable }),
    data: new Map(Object.entries(items).map(([item, text]) => [item, Buffer.from(text)])),
  };
}

/** The Secret `shop/database` as the API server gives it: it defaults the type. */
export function secretManifestOf(parts: SecretParts & { readonly owners?: readonly OwnerReference[] } = {}) {
  const { items = { password: "s3cret" }, labels, annotations, type = "Opaque", immutable, owners } = parts;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      namespace: "shop",
      name: "database",
      uid: "secret-uid",
      resourceVersion: "7",
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(owners === undefined ? {} : { ownerReferences: owners }),
    },
    type,
    ...(immutable === undefined ? {} : { immutable }),
    data: Object.fromEntries(Object.entries(items).map(([item, text]) => [item, Buffer.from(text).toString("base64")])),
  };
}

export function existingSecret(
  parts: SecretParts & { readonly owners?: readonly OwnerReference[] } = {},
): ExistingSecret {
  const manifest = secretManifestOf(parts);
  return {
    secret: readSecret(manifest),
    uid: "secret-uid",
    resourceVersion: "7",
    owners: parts.owners ?? [],
    manifest,
  };
}

/** The items as text, to compare with. */
export function itemsOf({ data }: Secret): Readonly<Record<string, string>> {
  return Object.fromEntries([...data].map(([item, bytes]) => [item, Buffer.from(bytes).toString("utf8")]));
}
