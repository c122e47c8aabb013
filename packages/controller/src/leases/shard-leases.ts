import { setTimeout as delay } from "node:timers/promises";
import { ApiError } from "../kubernetes/api-error.ts";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import { Lease, type LeaseTimes, WANTED_BY } from "./lease.ts";
import type { LeaseObject, LeaseStore } from "./lease-store.ts";
import { shardOf } from "./shards.ts";

export interface ShardLeasesOptions {
  readonly store: Pick<LeaseStore, "get" | "write" | "watch">;
  /** One for each shard. */
  readonly names: readonly string[];
  readonly identity: string;
  readonly times: LeaseTimes & {
    /** Milliseconds between two looks at the Leases. */
    readonly retryPeriod: number;
  };
  readonly log: Log;
  /** Milliseconds on a clock that never jumps; this process's own unless told. */
  readonly now?: () => number;
  /** Waits so many milliseconds, or until the signal; real time unless told. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface ShardListener {
  readonly onWon: (shard: number) => void;
  readonly onLost: (shard: number) => void;
}

/** Milliseconds between two looks while Leases are forbidden. */
const ALONE_PERIOD = 30_000;
/** Of the retry period: how soon another free Lease is taken, so that replicas that start together get one each. */
const NEXT_TAKE = 0.25;
/** As client-go's: a look comes this much later at the most, so that replicas do not look all at once. */
const JITTER = 0.2;
/** The term of who works without Leases. */
const ALONE = -1;

/**
 * Which shards of the work are this replica's. Each shard is a Lease: a replica takes those that are free, one after another, and asks for
 * one where another replica has at least two more than it, who then hands one over. A replica that may not use Leases does all the work.
 */
export class ShardLeases {
  readonly #options: ShardLeasesOptions;
  readonly #now: () => number;
  readonly #leases: readonly Lease[];
  /** The term that the listener knows of, for each shard; null where it was told of none, or of its end. */
  readonly #told: (number | null)[];
  #alone = false;
  #complaining = false;
  #released = false;
  #takeFrom = 0;
  #nudge = Promise.withResolvers<void>();
  #listener: ShardListener = { onWon: () => {}, onLost: () => {} };

  constructor(options: ShardLeasesOptions) {
    this.#options = options;
    const { store, names, identity, times, now = () => performance.now() } = options;
    this.#now = now;
    this.#leases = names.map((name) => new Lease({ name, store, identity, times, now }));
    this.#told = names.map(() => null);
  }

  /** Whether a SealedSecret is this replica's to work on at this moment. */
  readonly includes = (key: string): boolean => this.#term(shardOf(key, this.#leases.length)) !== null;

  /** Of each shard, whether it is held. */
  get held(): readonly boolean[] {
    return this.#leases.map((_, shard) => this.#term(shard) !== null);
  }

  /** Takes, renews and hands over until the signal, and holds what it has until `release`; never throws. */
  async run(signal: AbortSignal, listener: ShardListener): Promise<void> {
    this.#listener = listener;
    const watching: Promise<void>[] = [];
    while (!signal.aborted) {
      this.#nudge = Promise.withResolvers();
      await this.#look();
      if (!this.#alone && watching.length === 0)
        watching.push(...this.#leases.map((lease) => this.#watch(lease, signal)));
      await this.#pause(signal);
    }
    await Promise.all(watching);
  }

  /** Gives all of them up, so that others need not wait for their end; never throws. */
  async release(): Promise<void> {
    const held = this.#leases.filter(({ term }) => term !== null);
    this.#alone = false;
    this.#released = true;
    await Promise.allSettled(held.map((lease) => this.#release(lease)));
    this.#tell();
  }

  /** Tries once more where somebody asked for it in the same moment. */
  async #release(lease: Lease): Promise<void> {
    if (await lease.handOver(null)) return;
    await lease.read();
    if (lease.holder === this.#options.identity) await lease.handOver(null);
  }

  #term(shard: number): number | null {
    return this.#leases[shard]?.term ?? (this.#alone ? ALONE : null);
  }

  async #look(): Promise<void> {
    this.#tell();
    try {
      // One that fails takes no other along.
      const read = await Promise.allSettled(this.#leases.map((lease) => lease.read()));
      const mine = this.#heldBy(this.#options.identity).filter(({ wantedBy }) => wantedBy === null);
      const renewed = await Promise.allSettled(mine.map((lease) => lease.renew()));
      for (const result of [...read, ...renewed]) if (result.status === "rejected") throw result.reason;
      await this.#answerWhoAsks();
      await this.#takeWhatIsFree();
      await this.#askForMore();
      this.#went(null);
    } catch (error) {
      this.#went(error);
    }
    this.#tell();
  }

  #heldBy(identity: string): readonly Lease[] {
    return this.#leases.filter(({ holder }) => holder === identity);
  }

  /** Gives one Lease after the other, for as long as who asks has not more than he who gives then has; else renews it. */
  async #answerWhoAsks(): Promise<void> {
    const { identity } = this.#options;
    for (const lease of this.#heldBy(identity)) {
      const { wantedBy } = lease;
      if (wantedBy === null) continue;
      const fair = this.#heldBy(wantedBy).length + 2 <= this.#heldBy(identity).length;
      await (fair ? lease.handOver(wantedBy) : lease.renew());
    }
  }

  async #takeWhatIsFree(): Promise<void> {
    for (const lease of inAnyOrder(this.#leases.filter(({ holder }) => holder === null))) {
      // One that is held already was only taken away from under it.
      if (lease.term === null && this.#now() < this.#takeFrom) continue;
      if (!(await lease.take())) continue;
      this.#takeFrom = this.#now() + this.#options.times.retryPeriod * NEXT_TAKE * (0.5 + Math.random());
    }
  }

  async #askForMore(): Promise<void> {
    const { identity } = this.#options;
    const holders = this.#leases.map(({ holder }) => holder);
    // What is free comes first, and one question at a time is enough.
    if (
      holders.includes(null) ||
      this.#leases.some((lease) => lease.wantedBy === identity && lease.holder !== identity)
    )
      return;
    const [most] = [...new Set(holders)]
      .map((holder) => this.#heldBy(holder ?? ""))
      .sort((one, other) => other.length - one.length);
    const [lease] = inAnyOrder(most?.filter(({ wantedBy }) => wantedBy === null) ?? []);
    if (lease === undefined || (most?.length ?? 0) < this.#heldBy(identity).length + 2) return;
    await lease.ask();
  }

  /** Tells the listener of what has begun and ended since it was told last. */
  #tell(): void {
    for (const [shard, { name, holder }] of this.#leases.entries()) {
      const told = this.#told[shard] ?? null;
      const term = this.#term(shard);
      if (term === told) continue;
      this.#told[shard] = term;
      if (told !== null) this.#listener.onLost(shard);
      if (term !== null) this.#listener.onWon(shard);
      if (told !== ALONE && term !== ALONE)
        this.#logTurn(name, { won: term !== null, lapsed: !this.#released && holder === this.#options.identity });
    }
  }

  #logTurn(name: string, { won, lapsed }: { readonly won: boolean; readonly lapsed: boolean }): void {
    const { log, identity } = this.#options;
    if (won) log.info("Holds a Lease, and works on its SealedSecrets", { name, message: identity });
    else if (lapsed) log.warn("A Lease could not be renewed in time: its SealedSecrets are left alone", { name });
    else log.info("Holds a Lease no longer", { name });
  }

  /** Notes how a look went. */
  #went(error: unknown): void {
    const { log } = this.#options;
    const alone = error instanceof ApiError && error.status === 403;
    const message = describeError(error);
    if (alone && !this.#alone) {
      log.warn("Leases are forbidden: works without, on everything. Run one replica, or allow them", { message });
    } else if (error !== null && !alone && !this.#complaining) {
      log.warn("The Leases could not be looked at; tried again", { message });
    }
    this.#complaining = error !== null && !alone;
    // While the API server is away nothing changes of who is alone.
    if (alone || error === null) this.#alone = alone;
  }

  /** What a watch tells spares the wait for the next look, and decides nothing. */
  #watch({ name }: Lease, signal: AbortSignal): Promise<void> {
    const onChange = (object: LeaseObject | null) => {
      if (this.#isNews(name, object)) this.#nudge.resolve();
    };
    return this.#options.store.watch(name, onChange, signal);
  }

  /** A Lease that has become free, was handed over to us, or is asked for: not renewals, of which one's own would go round in circles. */
  #isNews(name: string, object: LeaseObject | null): boolean {
    const { holderIdentity = "" } = object?.spec ?? {};
    if (holderIdentity === "") return true;
    const lease = this.#leases.find((each) => each.name === name);
    const asked = object?.metadata.annotations?.[WANTED_BY] !== undefined;
    return holderIdentity === this.#options.identity && (asked || lease?.term === null);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { identity, times, pause: wait = realPause } = this.#options;
    const period = this.#alone ? ALONE_PERIOD : times.retryPeriod;
    const others = this.#leases.filter(({ holder }) => holder !== null && holder !== identity);
    const nextTake = this.#takeFrom - this.#now();
    const free = nextTake > 0 && this.#leases.some(({ holder }) => holder === null);
    const ends = [...others.map(({ expiresIn }) => expiresIn), ...(free ? [nextTake] : [])];
    const pause = Math.max(1, Math.min(period * (1 + JITTER * Math.random()), ...ends));
    const nudged = new AbortController();
    void this.#nudge.promise.then(() => nudged.abort());
    await wait(pause, AbortSignal.any([signal, nudged.signal]));
  }
}

function realPause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, { signal }).catch(() => {});
}

function inAnyOrder<T>(items: readonly T[]): readonly T[] {
  const from = Math.floor(Math.random() * items.length);
  return [...items.slice(from), ...items.slice(0, from)];
}
