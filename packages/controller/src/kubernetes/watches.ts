import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import { MANAGED, PATCH } from "../plan.ts";
import type { SeenSecret } from "../ports.ts";
import type { Settled } from "../settled.ts";
import type { Urgency } from "../waiting-keys.ts";
import { KeptSpecs, type KeptSpecsOptions } from "./kept-specs.ts";
import { type KubernetesObject, keyOf } from "./objects.ts";
import { type Change, Reflector, type ReflectorOptions } from "./reflector.ts";
import { needsReconcile, reduceSealedSecret, SEALED_SECRETS, type SealedSecretObject } from "./sealed-secrets.ts";
import type { Transport } from "./transport.ts";

export interface WatchesOptions {
  readonly transport: Transport;
  /** Null watches every namespace. */
  readonly namespaces: readonly string[] | null;
  /** Of SealedSecrets. */
  readonly labelSelector: string | undefined;
  /** Without them, a Secret that is deleted or changed stays so. */
  readonly watchSecrets: boolean;
  /** See `KeptSpecs`; every spec that there is room for is kept unless told. */
  readonly isRecorded?: KeptSpecsOptions["isRecorded"];
  readonly log: Log;
  /** Told of each watch that failed, by what it watches. */
  readonly onRestart?: (resource: "sealedsecrets" | "secrets") => void;
}

export interface WatchListener {
  /** Something happened that a reconcile of this key must look at. */
  readonly onWork: (key: string, urgency: Urgency) => void;
  /** Somebody changed a Secret that had been left in order. */
  readonly onDrift: (key: string) => void;
  /** A SealedSecret is gone, as it was seen last; a list may tell in the same moment of another one by its name. */
  readonly onGone: (key: string, object: SealedSecretObject) => void;
}

/** What the controller sees of the cluster: SealedSecrets, and which Secrets there are, but nothing of what is in them. */
export class Watches {
  readonly sealedSecrets: readonly Reflector<SealedSecretObject>[];
  /** One for each of the namespaces, or one for all; none where Secrets are not watched. */
  readonly #secrets: readonly Reflector<KubernetesObject>[];
  readonly #namespaces: readonly string[] | null;
  readonly #specs: KeptSpecs;
  #listener: WatchListener = { onWork: () => {}, onDrift: () => {}, onGone: () => {} };
  #settled: Pick<Settled, "differs"> = { differs: () => false };

  constructor(options: WatchesOptions) {
    const { transport, namespaces, labelSelector, watchSecrets, log, onRestart = () => {} } = options;
    this.#namespaces = namespaces;
    this.#specs = new KeptSpecs({ isRecorded: options.isRecorded ?? (() => false) });
    const scopes = namespaces?.map((namespace) => `/namespaces/${namespace}`) ?? [""];
    const reflector = <T extends KubernetesObject>(
      resource: "sealedsecrets" | "secrets",
      path: string,
      options: Omit<ReflectorOptions<T>, "transport" | "path" | "onFailure">,
    ) => {
      const onFailure = (error: unknown) => {
        log.warn("A watch failed and is begun again", { name: path, message: describeError(error) });
        onRestart(resource);
      };
      return new Reflector<T>({ transport, path, onFailure, ...options });
    };

    this.sealedSecrets = scopes.map((scope) =>
      reflector<SealedSecretObject>("sealedsecrets", `${SEALED_SECRETS}${scope}/sealedsecrets`, {
        labelSelector,
        reduce: (object) => this.#specs.reduce(reduceSealedSecret(object)),
        onChange: (change) => this.#sealedSecretChanged(change),
      }),
    );
    this.#secrets = (watchSecrets ? scopes : []).map((scope) =>
      reflector<KubernetesObject>("secrets", `/api/v1${scope}/secrets`, {
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

  /** Every SealedSecret there is and that is asked for, by `namespace/name`. */
  *all(asked: (key: string) => boolean = () => true): Generator<SealedSecretObject> {
    for (const reflector of this.sealedSecrets) {
      for (const object of reflector.all()) if (asked(keyOf(object))) yield object;
    }
  }

  /** Every SealedSecret there is, by its key, and how much it is wanted by who looks at it for the first time. */
  *backlog(): Generator<readonly [key: string, urgency: Urgency]> {
    for (const object of this.all()) yield [keyOf(object), urgencyOf(object, true)];
  }

  /** Resolves when every first list is in, or has failed. */
  async listed(): Promise<void> {
    await Promise.all([...this.sealedSecrets, ...this.#secrets].map(({ firstTry }) => firstTry));
  }

  /** Resolves when it is known which Secrets there are, or that this will take long. */
  async secretsListed(): Promise<void> {
    await Promise.all(this.#secrets.map(({ firstTry }) => firstTry));
  }

  /** What was last heard of a Secret, by `namespace/name`. */
  seenSecret(key: string): SeenSecret {
    const [namespace = ""] = key.split("/");
    const reflector = this.#secrets[this.#namespaces === null ? 0 : this.#namespaces.indexOf(namespace)];
    if (reflector === undefined || !reflector.synced) return "unknown";
    const { metadata } = reflector.get(key) ?? {};
    if (metadata === undefined) return "none";
    return { uid: String(metadata["uid"]), resourceVersion: String(metadata["resourceVersion"]) };
  }

  /** Watches until the signal ends it. */
  async run(signal: AbortSignal, listener: WatchListener, settled: Pick<Settled, "differs">): Promise<void> {
    this.#listener = listener;
    this.#settled = settled;
    await Promise.all([...this.sealedSecrets, ...this.#secrets].map((reflector) => reflector.run(signal)));
  }

  #sealedSecretChanged(change: Change<SealedSecretObject>): void {
    const { key, before, after } = change;
    this.#specs.changed(change);
    if (before !== null && before.metadata["uid"] !== after?.metadata["uid"]) this.#listener.onGone(key, before);
    if (after !== null && needsReconcile(before, after)) this.#listener.onWork(key, urgencyOf(after, change.initial));
  }

  /** A Secret that is deleted or changed while its SealedSecret stays is put right; one that is handed over is taken. */
  #secretChanged({ key, before, after }: Change<KubernetesObject>): void {
    if (!this.sealedSecrets.some((reflector) => reflector.get(key) !== null)) return;
    const handedOver = before !== null && after !== null && marksOf(before) !== marksOf(after);
    if (after === null || handedOver) this.#listener.onWork(key, "changed");
    else if (this.#settled.differs(key, String(after.metadata["resourceVersion"]))) this.#listener.onDrift(key);
  }
}

/** Of the first list, what failed as it is now goes last: a restart would else try all of that before the good ones. */
function urgencyOf({ metadata, status }: SealedSecretObject, initial: boolean): Urgency {
  if (!initial) return "changed";
  const current = status?.observedGeneration === metadata["generation"];
  const failed = status?.conditions?.some((condition) => condition.type === "Synced" && condition.status === "False");
  return current && failed === true ? "retry" : "backlog";
}

/** Its version and UID, and the annotations with which people hand a Secret over; its key says the rest. There may be very many. */
function reduceSecret({ metadata }: KubernetesObject): KubernetesObject {
  const { uid, resourceVersion, annotations = {} } = metadata;
  const marks = Object.fromEntries(Object.entries(annotations).filter(([key]) => key === MANAGED || key === PATCH));
  return { metadata: { uid, resourceVersion, ...(Object.keys(marks).length === 0 ? {} : { annotations: marks }) } };
}

function marksOf({ metadata: { annotations = {} } }: KubernetesObject): string {
  return JSON.stringify([annotations[MANAGED], annotations[PATCH]]);
}
