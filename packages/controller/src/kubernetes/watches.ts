import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import { MANAGED, PATCH } from "../plan.ts";
import { type Change, type KubernetesObject, Reflector, type ReflectorOptions } from "./reflector.ts";
import { needsReconcile, reduceSealedSecret, SEALED_SECRETS, type SealedSecretObject } from "./sealed-secrets.ts";
import type { Transport } from "./transport.ts";

export interface WatchesOptions {
  readonly transport: Transport;
  /** Null watches every namespace. */
  readonly namespaces: readonly string[] | null;
  /** Of SealedSecrets. */
  readonly labelSelector: string | undefined;
  readonly log: Log;
}

export interface WatchListener {
  /** Something happened that a reconcile of this key must look at. */
  readonly onWork: (key: string) => void;
  /** The SealedSecret is gone. */
  readonly onGone: (key: string) => void;
}

/** What the controller sees of the cluster: SealedSecrets, and which Secrets there are, but nothing of what is in them. */
export class Watches {
  readonly sealedSecrets: readonly Reflector<SealedSecretObject>[];
  readonly #secrets: readonly Reflector<KubernetesObject>[];
  #listener: WatchListener = { onWork: () => {}, onGone: () => {} };

  constructor({ transport, namespaces, labelSelector, log }: WatchesOptions) {
    const scopes = namespaces?.map((namespace) => `/namespaces/${namespace}`) ?? [""];
    const onFailure = (path: string) => (error: unknown) => {
      log.warn("A watch failed and is begun again", { name: path, message: describeError(error) });
    };
    const reflector = <T extends KubernetesObject>(
      path: string,
      options: Omit<ReflectorOptions<T>, "transport" | "path" | "onFailure">,
    ) => new Reflector<T>({ transport, path, onFailure: onFailure(path), ...options });

    this.sealedSecrets = scopes.map((scope) =>
      reflector<SealedSecretObject>(`${SEALED_SECRETS}${scope}/sealedsecrets`, {
        labelSelector,
        reduce: reduceSealedSecret,
        onChange: (change) => this.#sealedSecretChanged(change),
      }),
    );
    this.#secrets = scopes.map((scope) =>
      reflector<KubernetesObject>(`/api/v1${scope}/secrets`, {
        metadataOnly: true,
        reduce: reduceSecret,
        onChange: (change) => this.#secretChanged(change),
      }),
    );
  }

  /** Whether every first list is in. */
  get synced(): boolean {
    return [...this.sealedSecrets, ...this.#secrets].every(({ synced }) => synced);
  }

  /** Watches until the signal ends it. */
  async run(signal: AbortSignal, listener: WatchListener): Promise<void> {
    this.#listener = listener;
    await Promise.all([...this.sealedSecrets, ...this.#secrets].map((reflector) => reflector.run(signal)));
  }

  #sealedSecretChanged({ key, before, after }: Change<SealedSecretObject>): void {
    if (after === null) this.#listener.onGone(key);
    else if (needsReconcile(before, after)) this.#listener.onWork(key);
  }

  /** A Secret that is deleted while its SealedSecret stays is made again; one that is handed over is taken. */
  #secretChanged({ key, before, after }: Change<KubernetesObject>): void {
    const wanted = this.sealedSecrets.some((reflector) => reflector.get(key) !== null);
    const matters = after === null || (before !== null && marksOf(before) !== marksOf(after));
    if (wanted && matters) this.#listener.onWork(key);
  }
}

/** Its name, its version, and the annotations with which people hand a Secret over. */
function reduceSecret({ metadata }: KubernetesObject): KubernetesObject {
  const { name, namespace, resourceVersion, annotations = {} } = metadata;
  const marks = Object.fromEntries(Object.entries(annotations).filter(([key]) => key === MANAGED || key === PATCH));
  return {
    metadata: {
      resourceVersion,
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(Object.keys(marks).length === 0 ? {} : { annotations: marks }),
    },
  };
}

function marksOf({ metadata: { annotations = {} } }: KubernetesObject): string {
  return JSON.stringify([annotations[MANAGED], annotations[PATCH]]);
}
