import { type ObjectMeta, readSecret, secretManifest } from "@sealwright/core";
import type { ExistingSecret, OwnedSecret, OwnerReference, SecretStore, SecretVersion, SeenSecret } from "../ports.ts";
import { isApiError } from "./api-error.ts";
import type { Transport } from "./transport.ts";

/**
 * Native Secrets, read and written one at a time and never cached.
 *
 * @param seen what was last heard of one, by `namespace/name`
 */
export function secretStore(transport: Transport, seen: (key: string) => SeenSecret = () => "unknown"): SecretStore {
  return {
    seen: (namespace, name) => seen(`${namespace}/${name}`),

    async get(namespace, name) {
      try {
        return existing(await transport.request("GET", path(namespace, name)));
      } catch (error) {
        if (isApiError(error, "NotFound")) return null;
        throw error;
      }
    },

    async create(wanted) {
      const { namespace = "" } = wanted.secret.metadata;
      return versionOf(await transport.request("POST", path(namespace), { body: manifestOf(wanted) }));
    },

    async replace(wanted, over) {
      const { namespace = "", name = "" } = wanted.secret.metadata;
      return versionOf(await transport.request("PUT", path(namespace, name), { body: updateOf(wanted, over) }));
    },

    async delete({ secret, uid, resourceVersion }) {
      const { namespace = "", name = "" } = secret.metadata;
      await transport.request("DELETE", path(namespace, name), { body: { preconditions: { uid, resourceVersion } } });
    },
  };
}

/** Deletes the Secret of a SealedSecret that is gone, where that controls it still and nobody changed it meanwhile. Throws ApiError. */
export async function deleteSecretOf(
  transport: Transport,
  { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string },
): Promise<boolean> {
  const store = secretStore(transport);
  const existing = await store.get(namespace, name);
  const controlled = existing?.owners.some((owner) => owner.controller === true && owner.uid === uid);
  if (existing === null || controlled !== true) return false;
  await store.delete(existing);
  return true;
}

function versionOf(answer: unknown): SecretVersion {
  const { metadata } = (answer ?? {}) as { readonly metadata?: ObjectMeta };
  return { uid: String(metadata?.["uid"]), resourceVersion: String(metadata?.["resourceVersion"]) };
}

function path(namespace: string, name?: string): string {
  return `/api/v1/namespaces/${namespace}/secrets${name === undefined ? "" : `/${name}`}`;
}

/** What of a template's metadata reaches the Secret; the rest of it is nobody's to set from Git. */
function manifestOf({ secret, owners }: OwnedSecret): Record<string, unknown> {
  const { name, namespace, labels, annotations } = secret.metadata;
  return {
    ...secretManifest(secret),
    metadata: { name, namespace, labels, annotations, ...(owners.length > 0 ? { ownerReferences: owners } : {}) },
  };
}

/** The object as it was read, with our part exchanged: what others keep in its metadata stays. */
function updateOf(wanted: OwnedSecret, over: ExistingSecret): Record<string, unknown> {
  const { metadata: ours, type, immutable, data } = manifestOf(wanted);
  const { managedFields: _, ...metadata } = over.manifest["metadata"] as Record<string, unknown>;
  return {
    ...over.manifest,
    metadata: { ...metadata, ...(ours as object), ownerReferences: wanted.owners },
    type: type ?? over.manifest["type"],
    immutable,
    data,
  };
}

function existing(answer: unknown): ExistingSecret {
  const manifest = { apiVersion: "v1", kind: "Secret", ...(answer as Record<string, unknown>) };
  const metadata = (manifest as { metadata?: ObjectMeta }).metadata ?? {};
  const { annotations } = metadata;
  const secret = readSecret(manifest);
  return {
    // What `kubectl apply` left there is left out of a Secret that is to be sealed; here it is somebody else's, and patching keeps it.
    secret: annotations === undefined ? secret : { ...secret, metadata: { ...secret.metadata, annotations } },
    ...versionOf(manifest),
    owners: (metadata["ownerReferences"] as readonly OwnerReference[] | undefined) ?? [],
    manifest,
  };
}
