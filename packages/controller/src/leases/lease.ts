import { isRace } from "../kubernetes/api-error.ts";
import type { LeaseObject, LeaseSpec, LeaseStore } from "./lease-store.ts";

/** Milliseconds. */
export interface LeaseTimes {
  /** So long after the last renewal that he saw, another may take a Lease. Whole seconds. */
  readonly duration: number;
  /** So long after his last renewal, its holder counts it as lost: less than `duration`. */
  readonly renewDeadline: number;
}

export interface LeaseOptions {
  readonly name: string;
  readonly store: Pick<LeaseStore, "get" | "write">;
  /** Who takes it; no two processes at a time have the same. */
  readonly identity: string;
  readonly times: LeaseTimes;
  /** Milliseconds on a clock that never jumps. */
  readonly now: () => number;
}

/** Who asks the holder for a Lease. The holder's next renewal takes the annotation away, whether he gives the Lease or not. */
export const WANTED_BY = "sealwright.dev/wanted-by";

/** What is left to a holder who gives a Lease up is seconds at the least. */
const RELEASED_SECONDS = 1;

/**
 * One of Kubernetes' own Leases, held or seen as client-go's leader election does: it is another's for as long as it has changed within its
 * duration by the clock of who looks on, and clocks are never compared. It fences nothing: a process that was stopped for a while, or whose
 * renewal was overtaken, can go on for a moment beside the next holder, and what it writes must be safe then.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #read: LeaseObject | null = null;
  #changedAt = Number.NEGATIVE_INFINITY;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #term = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Counts how often it has been won; null while it is not held. Time alone can end a term. */
  get term(): number | null {
    return this.#options.now() < this.#heldUntil ? this.#term : null;
  }

  /** Whom it belongs to, as of the last read and by now; null where anybody may take it. */
  get holder(): string | null {
    const { holderIdentity = "" } = this.#spec;
    if (holderIdentity === "") return null;
    return holderIdentity === this.#options.identity || this.expiresIn > 0 ? holderIdentity : null;
  }

  /** Milliseconds until it may be taken from whoever holds it, unless he renews it. */
  get expiresIn(): number {
    const { leaseDurationSeconds } = this.#spec;
    const duration = leaseDurationSeconds === undefined ? this.#options.times.duration : leaseDurationSeconds * 1_000;
    return this.#changedAt + duration - this.#options.now();
  }

  /** Who asks for it; null where nobody does. */
  get wantedBy(): string | null {
    return this.#read?.metadata.annotations?.[WANTED_BY] ?? null;
  }

  /** Reads it. Throws ApiError. */
  async read(): Promise<void> {
    this.#note(await this.#options.store.get(this.name));
    if (this.holder !== null && this.holder !== this.#options.identity) this.#heldUntil = Number.NEGATIVE_INFINITY;
  }

  /** Takes it, as it was read; resolves to whether nobody was quicker. Throws ApiError. */
  take(): Promise<boolean> {
    return this.#hold({
      acquireTime: microTime(),
      leaseTransitions: this.#transitions + (this.#read === null ? 0 : 1),
    });
  }

  /** Renews it, as it was read; the same. */
  renew(): Promise<boolean> {
    return this.#hold({});
  }

  /** Hands it over to another, or to whoever takes it first, and counts it as lost at once; the same. */
  async handOver(to: string | null): Promise<boolean> {
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    if (to === null) return this.#write({ holderIdentity: "", leaseDurationSeconds: RELEASED_SECONDS });
    const now = microTime();
    const leaseTransitions = this.#transitions + 1;
    return this.#write({ holderIdentity: to, acquireTime: now, renewTime: now, leaseTransitions });
  }

  /** Asks its holder for it, in an annotation; the same. */
  ask(): Promise<boolean> {
    return this.#write({}, { [WANTED_BY]: this.#options.identity });
  }

  get #spec(): LeaseSpec {
    return this.#read?.spec ?? {};
  }

  get #transitions(): number {
    return this.#spec.leaseTransitions ?? 0;
  }

  async #hold(changes: LeaseSpec): Promise<boolean> {
    const { identity, times, now } = this.#options;
    const asked = now();
    const holder = { holderIdentity: identity, leaseDurationSeconds: times.duration / 1_000, renewTime: microTime() };
    if (!(await this.#write({ acquireTime: microTime(), ...this.#spec, ...holder, ...changes }))) return false;
    if (this.term === null) this.#term += 1;
    this.#heldUntil = asked + times.renewDeadline;
    return true;
  }

  async #write(changes: LeaseSpec, asked: Readonly<Record<string, string>> = {}): Promise<boolean> {
    const { [WANTED_BY]: _, ...annotations } = this.#read?.metadata.annotations ?? {};
    try {
      const spec = { ...this.#spec, renewTime: this.#spec.renewTime ?? microTime(), ...changes };
      const written = { spec, annotations: { ...annotations, ...asked } };
      this.#note(await this.#options.store.write(this.name, this.#read, written));
      return true;
    } catch (error) {
      if (isRace(error)) return false;
      throw error;
    }
  }

  /** Its version changes with every annotation as well: only the holder's own writes count as a sign of life. */
  #note(read: LeaseObject | null): void {
    if (JSON.stringify(read?.spec) !== JSON.stringify(this.#read?.spec)) this.#changedAt = this.#options.now();
    this.#read = read;
  }
}

function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
