import { SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND } from "@sealwright/core";
import type { ObservedSealedSecret, SealedSecretSource, SealedSecretStatus, StatusStore } from "../ports.ts";
import { revisionOf } from "../revision.ts";
import { isApiError } from "./api-error.ts";
import { letGoOf } from "./kept-specs.ts";
import { acceptOf } from "./listing.ts";
import type { KubernetesObject } from "./objects.ts";
import type { Reflector } from "./reflector.ts";
import type { Transport } from "./transport.ts";

export const SEALED_SECRETS = `/apis/${SEALED_SECRET_API_VERSION}`;

/** A SealedSecret as it came over the wire; nothing of it is checked yet. */
export interface SealedSecretObject extends KubernetesObject {
  readonly status?: SealedSecretStatus;
  readonly [other: string]: unknown;
}

/** What `kubectl apply` leaves: the whole object once more. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Drops what a reconcile never looks at; a write of the status leaves it as it is. */
export function reduceSealedSecret(object: SealedSecretObject): SealedSecretObject {
  const { managedFields: _, ...metadata } = object.metadata;
  if (metadata.annotations !== undefined) {
    const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
    metadata.annotations = annotations;
  }
  return { apiVersion: SEALED_SECRET_API_VERSION, kind: SEALED_SECRET_KIND, ...object, metadata };
}

/** Whether a change is one that reconciling must look at: our own status write, and other people's labels and annotations, are not. */
export function needsReconcile(before: SealedSecretObject | null, after: SealedSecretObject): boolean {
  return before === null || revisionOf(observe(before)) !== revisionOf(observe(after));
}

/**
 * Reads from the reflectors' caches. One that is being deleted counts as gone: a foreground deletion takes the Secret away first, and
 * making it again would be a quarrel with the garbage collector.
 */
export function sealedSecretSource(
  reflectors: readonly Reflector<SealedSecretObject>[],
  transport: Transport,
): SealedSecretSource {
  return {
    get(key) {
      for (const reflector of reflectors) {
        const object = reflector.get(key);
        if (object !== null) return object.metadata["deletionTimestamp"] === undefined ? observe(object) : null;
      }
      return null;
    },

    async whole(observed) {
      if (observed.manifest !== null) return observed;
      try {
        const object = (await transport.request("GET", pathOf(observed))) as SealedSecretObject;
        return object.metadata["deletionTimestamp"] === undefined ? observe(reduceSealedSecret(object)) : null;
      } catch (error) {
        if (isApiError(error, "NotFound")) return null;
        throw error;
      }
    },

    async isCurrent(observed) {
      const path = pathOf(observed);
      const accept = acceptOf("PartialObjectMetadata", true);
      const object = (await transport.request("GET", path, { accept })) as SealedSecretObject;
      return revisionOf(observe(object)) === revisionOf(observed);
    },
  };
}

/** Writes `status` through the subresource, with the resourceVersion that was observed. */
export function statusStore(transport: Transport): StatusStore {
  let keepsOurFields = true;
  return {
    get keepsOurFields() {
      return keepsOurFields;
    },

    async write(observed, status) {
      const path = `${pathOf(observed)}/status`;
      const body = { ...(observed.manifest as SealedSecretObject), status };
      const stored = (await transport.request("PUT", path, { body })) as SealedSecretObject | null;
      // The Go project's CRD has no place for them, and its API server leaves them out without a word.
      if (status.record !== undefined) keepsOurFields = stored?.status?.record === status.record;
    },
  };
}

/** For who must not write statuses: remembers them instead, so that nothing is told of twice. */
export function rememberedStatuses(source: SealedSecretSource): { source: SealedSecretSource; store: StatusStore } {
  const statuses = new Map<string, { readonly uid: string; readonly status: SealedSecretStatus }>();
  const remembering = (observed: ObservedSealedSecret) => {
    const remembered = statuses.get(`${observed.namespace}/${observed.name}`);
    // What was found of a record was of the one in the cluster.
    return remembered?.uid === observed.uid ? { ...observed, ...remembered, recorded: false } : observed;
  };
  return {
    source: {
      isCurrent: (observed) => source.isCurrent(observed),
      async whole(known) {
        const observed = await source.whole(known);
        return observed === null ? null : remembering(observed);
      },
      get(key) {
        const observed = source.get(key);
        if (observed === null) statuses.delete(key);
        return observed === null ? null : remembering(observed);
      },
    },
    store: {
      keepsOurFields: true,
      async write({ namespace, name, uid }, status) {
        statuses.set(`${namespace}/${name}`, { uid, status });
      },
    },
  };
}

function observe(object: SealedSecretObject): ObservedSealedSecret {
  const { metadata, status } = object;
  const letGo = letGoOf(object);
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name ?? "",
    uid: String(metadata["uid"]),
    generation: Number(metadata["generation"]),
    resourceVersion: String(metadata["resourceVersion"]),
    annotations: metadata.annotations ?? {},
    ...(letGo === null ? { manifest: object } : { manifest: null, recorded: letGo === "recorded" }),
    status: status ?? {},
  };
}

function pathOf({ namespace, name }: ObservedSealedSecret): string {
  return `${SEALED_SECRETS}/namespaces/${namespace}/sealedsecrets/${name}`;
}
