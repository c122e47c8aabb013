import { setTimeout as delay } from "node:timers/promises";
import { type ControllerOptions, watchedNamespaces } from "../controller-options.ts";
import type { Transport } from "../kubernetes/transport.ts";
import type { Urgency } from "../waiting-keys.ts";
import { LeaseStore } from "./lease-store.ts";
import { ShardLeases } from "./shard-leases.ts";
import { leaseNames, leasePrefixOf, shardOf } from "./shards.ts";

/** Milliseconds that what is under way may take to its end before the Leases are released all the same: two who work on it do no harm. */
const HAND_OVER = 1_000;

export interface WorkShareListener {
  /** Resolves when everything that there is to share has been heard of, or cannot be for now. */
  readonly listed: () => Promise<void>;
  /** Every SealedSecret there is, by its key, and how much it is wanted by who looks at it for the first time. */
  readonly backlog: () => Iterable<readonly [key: string, urgency: Urgency]>;
  readonly onWon: (key: string, urgency: Urgency) => void;
  readonly onLost: (key: string) => void;
  /** Takes no more work; resolves when what is under way has ended. */
  readonly end: () => Promise<unknown>;
}

/** What of the work is this replica's: all of it where none is shared, else that of the shards whose Leases it holds. */
export class WorkShare {
  readonly #leases: ShardLeases | null;
  readonly #shards: number;

  constructor(options: ControllerOptions, transport: Transport) {
    this.#shards = options.config.shards;
    this.#leases = options.config.leaderElect ? shardLeases(options, transport) : null;
  }

  /** Whether a SealedSecret, by `namespace/name`, is this replica's to work on at this moment. */
  readonly includes = (key: string): boolean => this.#leases?.includes(key) ?? true;

  /** Of each shard, whether it is held. */
  get held(): readonly boolean[] {
    return this.#leases?.held ?? [true];
  }

  /** Takes part in the work until the signal; then gives it to others. Never throws. */
  async run(stop: AbortSignal, listener: WorkShareListener): Promise<void> {
    if (this.#leases === null || stop.aborted) return;
    // Who holds a Lease should be able to work.
    await listener.listed();
    const keysOf = (shard: number) => [...listener.backlog()].filter(([key]) => shardOf(key, this.#shards) === shard);
    await this.#leases.run(stop, {
      onWon: (shard) => {
        for (const [key, urgency] of keysOf(shard)) listener.onWon(key, urgency);
      },
      onLost: (shard) => {
        for (const [key] of keysOf(shard)) listener.onLost(key);
      },
    });
    const late = new AbortController();
    await Promise.race([listener.end(), delay(HAND_OVER, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
    await this.#leases.release();
  }
}

function shardLeases(options: ControllerOptions, transport: Transport): ShardLeases {
  const { config, namespace, identity, log } = options;
  const { keyPrefix, labelSelector, leaseDuration: duration, renewDeadline, retryPeriod } = config;
  const namespaces = watchedNamespaces(options);
  const prefix = config.leaseName ?? leasePrefixOf({ keyPrefix, namespaces, labelSelector });
  const times = { duration, renewDeadline, retryPeriod };
  const store = new LeaseStore({ transport, namespace, patience: renewDeadline / 2 });
  return new ShardLeases({ store, names: leaseNames(prefix, config.shards), identity, times, log });
}
