import { KEY_LABEL } from "@sealwright/core";
import type { KubernetesObject } from "../kubernetes/objects.ts";
import { Reflector } from "../kubernetes/reflector.ts";
import type { Transport } from "../kubernetes/transport.ts";
import { exponentialBackoff, WorkQueue } from "../work-queue.ts";
import type { KeyRegistry } from "./key-registry.ts";

export interface KeyWatchOptions {
  readonly transport: Transport;
  /** The controller's own. */
  readonly namespace: string;
  /** The name that makes a Secret a key without a label. */
  readonly legacyName: string;
  readonly keys: Pick<KeyRegistry, "refresh">;
  /** Told of each failed list, watch or refresh; all of them go on by themselves. */
  readonly onFailure: (error: unknown) => void;
}

/** Has the keys loaded again whenever one comes, changes, is retired or goes, until the signal ends it. The watch sees metadata alone. */
export async function watchKeys(options: KeyWatchOptions, signal: AbortSignal): Promise<void> {
  const { transport, namespace, legacyName, keys, onFailure } = options;
  const queue = new WorkQueue({
    workers: 1,
    work: async () => {
      try {
        await keys.refresh();
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    backoff: (failures) => exponentialBackoff(failures, { first: 500, longest: 60_000 }),
  });
  const selectors = [{ labelSelector: `${KEY_LABEL}=active` }, { fieldSelector: `metadata.name=${legacyName}` }];
  const reflectors = selectors.map(
    (selector) =>
      new Reflector<KubernetesObject>({
        transport,
        path: `/api/v1/namespaces/${namespace}/secrets`,
        metadataOnly: true,
        ...selector,
        reduce: reduceKey,
        onChange: () => queue.add("keys"),
        onFailure,
      }),
  );
  await Promise.all(reflectors.map((reflector) => reflector.run(signal)));
  await queue.stop();
}

function reduceKey({ metadata: { name, namespace, resourceVersion } }: KubernetesObject): KubernetesObject {
  return { metadata: { resourceVersion, name: name ?? "", namespace: namespace ?? "" } };
}
