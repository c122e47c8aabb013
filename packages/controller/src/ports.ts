import type { KeyRing, SealedSecret, Secret, Unsealed } from "@sealwright/core";
import type { PlanOptions } from "./plan.ts";
import type { Policy } from "./policy.ts";

/** What reconciling needs of the world. `kubernetes/` and `keys/` provide it; tests provide it without either. */
export interface ReconcilePorts {
  readonly sealedSecrets: SealedSecretSource;
  readonly secrets: SecretStore;
  readonly statuses: StatusStore;
  readonly events: EventSink;
  readonly keys: Pick<KeySource, "isKeyName">;
  /** Opens a SealedSecret with the keys at hand; items that are known are taken as they are. Throws SealwrightError. */
  readonly unseal: (sealed: SealedSecret, known?: ReadonlyMap<string, Uint8Array>) => Promise<Unsealed>;
  readonly records: Records;
  readonly settled: SettledSecrets;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly planning: PlanOptions;
  /** Whether `Ready`, `Stalled` and `Reconciling` stand beside `Synced`. */
  readonly kstatus: boolean;
}

export interface SealedSecretSource {
  /** The newest copy at hand, or null where there is none (any more) or its deletion has begun. `key` is `namespace/name`. */
  get(key: string): ObservedSealedSecret | null;
  /** The same with its manifest, or a newer one, which is asked for where it is not at hand; null where it is gone. Throws ApiError. */
  whole(observed: ObservedSealedSecret): Promise<ObservedSealedSecret | null>;
  /** Asks whether a copy still says what the SealedSecret says, its status aside. Throws ApiError; `isRace` where there is none any more. */
  isCurrent(observed: ObservedSealedSecret): Promise<boolean>;
}

/** A SealedSecret as the API server holds it. */
export interface ObservedSealedSecret {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** As it came, not yet checked: reading it can fail, and that is this object's failure alone. Null where it is not at hand. */
  readonly manifest: unknown;
  /** Where the manifest is not at hand: whether the record in its status was found to be about just that spec and scope, under these flags. */
  readonly recorded?: boolean;
  readonly status: SealedSecretStatus;
}

export interface SecretStore {
  /** What was last heard of a Secret, without asking: it may be a moment behind. */
  seen(namespace: string, name: string): SeenSecret;
  /** Null where there is none. Throws ApiError. */
  get(namespace: string, name: string): Promise<ExistingSecret | null>;
  /** Resolves to what was made. */
  create(secret: OwnedSecret): Promise<SecretVersion>;
  /** Replaces the Secret that was read at that resourceVersion, and no other; resolves to what it is then. */
  replace(secret: OwnedSecret, over: ExistingSecret): Promise<SecretVersion>;
  /** Deletes the Secret as it was read, and no other. Throws ApiError. */
  delete(existing: ExistingSecret): Promise<void>;
}

/** One state of one Secret. */
export interface SecretVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** `none`: there is none. `unknown`: nobody watches, or the first list is not in yet. */
export type SeenSecret = SecretVersion | "none" | "unknown";

/** What earlier looks, of any process, left behind in the statuses. */
export interface Records {
  /** What a SealedSecret's record says; null where there is none, or none that keys at hand were used for. */
  read(observed: ObservedSealedSecret, sealed: SealedSecret): Promise<Recorded | null>;
  /**
   * What the record of a SealedSecret whose manifest is not at hand proves of the Secret: `changed` where the Secret alone is another than
   * it tells of, null where it proves nothing.
   */
  vouched(observed: ObservedSealedSecret, secret: SecretVersion): Promise<Vouched | "changed" | null>;
  /** A record of what a SealedSecret came to, and of the Secret that is that; null where no key at hand can make one. */
  write(
    observed: ObservedSealedSecret,
    sealed: SealedSecret,
    opened: Opened,
    secret: SecretVersion,
  ): Promise<string | null>;
}

/** A record: anybody may have written it, so nothing of it counts but what `vouchesFor` or `holds` proves. */
export interface Recorded {
  /** As it stands in the status. */
  readonly text: string;
  /** Whether it is about a SealedSecret of just this spec and scope, under these flags. */
  readonly unchanged: boolean;
  /** Of each item that is what it was: the fingerprint of the key that opened it. */
  readonly keyOf: ReadonlyMap<string, string>;
  /** Proves that the Secret, at that version, is what the SealedSecret as it is now says. */
  vouchesFor(secret: SecretVersion): boolean;
  /** Proves that these were all the items that had been unsealed, into that very Secret. */
  holds(secret: SecretVersion, items: ReadonlyMap<string, Uint8Array>): boolean;
}

/** That the Secret, at that version, is what the SealedSecret as it is now says. */
export interface Vouched {
  /** The record, as it stands in the status. */
  readonly text: string;
  /** Fingerprints of the keys that opened it. */
  readonly keys: readonly string[];
}

/** What a SealedSecret came to. */
export type Opened = Pick<Unsealed, "secret" | "keyOf">;

/** What this process left in order, so that it is not looked at again for nothing. */
export interface SettledSecrets {
  /** Whether SealedSecret and Secret are as they were left. */
  holds(observed: ObservedSealedSecret): boolean;
  /** Notes that the SealedSecret is in order as it is, and its Secret as of that resourceVersion. */
  note(observed: ObservedSealedSecret, secretVersion: string): void;
}

/** A Secret of the cluster, as far as planning looks at it. */
export interface ExistingSecret extends SecretVersion {
  readonly secret: Secret;
  readonly owners: readonly OwnerReference[];
  /** The whole object, for an update that keeps what it does not mean to change. */
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** A Secret that is to be, with the owners it should have. */
export interface OwnedSecret {
  readonly secret: Secret;
  readonly owners: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly [other: string]: unknown;
}

export interface StatusStore {
  /** Writes the status of the SealedSecret that was observed, and of no newer one: that is a Conflict. Throws ApiError. */
  write(observed: ObservedSealedSecret, status: SealedSecretStatus): Promise<void>;
  /** Whether the cluster's CRD has a place for what is ours alone, as far as its answers have told. */
  readonly keepsOurFields: boolean;
}

export interface SealedSecretStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  /** Fingerprints of the keys that opened it, where the CRD has a place for them. */
  readonly sealedWith?: readonly string[];
  /** See `records/`; as the keys, where there is a place for it. */
  readonly record?: string;
  readonly [other: string]: unknown;
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface EventSink {
  /** Records an event about the SealedSecret; a failure to do so is logged and goes no further. */
  record(about: ObservedSealedSecret, event: SealedSecretEvent): void;
}

export interface SealedSecretEvent {
  readonly type: "Normal" | "Warning";
  /** `Unsealed`, `ErrUnsealFailed` or `ErrUpdateFailed`, as the Go controller names them, or `DriftRepaired`. */
  readonly reason: string;
  readonly message: string;
}

export interface KeySource {
  /** The keys at this moment; a new ring after each change. */
  readonly ring: KeyRing;
  /** Whether a Secret would count as a sealing key by its name alone. */
  isKeyName(namespace: string, name: string): boolean;
}

export interface Clock {
  now(): Date;
}
