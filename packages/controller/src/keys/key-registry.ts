import { KeyRing, type SealingKey, type UnsealingKey } from "@sealwright/core";
import type { Audit } from "../audit/audit.ts";
import { ApiError } from "../kubernetes/api-error.ts";
import type { Log } from "../log.ts";
import type { Clock, KeySource } from "../ports.ts";
import type { KeyStore } from "./key-store.ts";

export interface KeyRegistryOptions {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Audit;
  /** Of new keys. */
  readonly bits: number;
  readonly commonName: string;
  /** Milliseconds for which a new key's certificate is valid. */
  readonly validFor: number;
  /** Milliseconds after which a new key takes over; 0 for never. */
  readonly renewPeriod: number;
  /** A newest key of before then is succeeded when the keys are first loaded. */
  readonly cutoff: Date | null;
}

/** More names taken than this by what is no key is somebody's doing. */
const MOST_ATTEMPTS = 8;
/**
 * A key from further ahead than this was made where the clock was wrong. It opens what was sealed to it and is not sealed with until then;
 * or it would stay the newest, and none be made, for as long as the clock was ahead.
 */
const MOST_SKEW = 3_600_000;
/** Certificates tell the time in seconds. */
const SECOND = 1_000;

/**
 * The keys that this process unseals with: those that are stored, no others. Loading and making keys happen one after the other, so
 * that a slow list never takes away a key that was made meanwhile.
 */
export class KeyRegistry implements KeySource {
  readonly #options: KeyRegistryOptions;
  #ring = new KeyRing([]);
  #last: Promise<unknown> = Promise.resolve();
  #onArrival = () => {};
  /** Fingerprints of keys from the future that have been told of. */
  #told: ReadonlySet<string> = new Set();

  constructor(options: KeyRegistryOptions) {
    this.#options = options;
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  isKeyName(namespace: string, name: string): boolean {
    return this.#options.store.isKeyName(namespace, name);
  }

  /** Registers what is to happen when a key arrives that others stored: what did not open may open now. */
  onArrival(action: () => void): void {
    this.#onArrival = action;
  }

  /** Loads the stored keys; makes one where there is none, or where the newest is from before the cutoff. Throws ApiError. */
  load(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#reload();
      const { newest } = this.#ring;
      const { cutoff } = this.#options;
      if (newest === null || (cutoff !== null && newest.orderedBy < cutoff)) await this.#make();
    });
  }

  /** Looks at the store again: keys that came are used, those that are retired or gone no longer. Throws ApiError. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#reload();
      if (this.#ring.newest !== null) return;
      this.#options.log.error("No sealing key is left: a new one is made");
      await this.#make();
    });
  }

  /** Makes a new key, stores it, and seals with it from then on. Throws ApiError. */
  renew(): Promise<SealingKey> {
    return this.#inTurn(async () => {
      await this.#reload();
      return this.#make();
    });
  }

  /** Makes a new key where the newest is older than the period. Throws ApiError. */
  async renewIfDue(): Promise<void> {
    this.#lookAtTheClock();
    if (!this.#isDue()) return;
    await this.#inTurn(async () => {
      // Another replica may have been quicker.
      await this.#reload();
      if (this.#isDue()) await this.#make();
    });
  }

  #isDue(): boolean {
    const { renewPeriod, clock } = this.#options;
    const { newest } = this.#ring;
    return renewPeriod > 0 && newest !== null && clock.now().getTime() - newest.orderedBy.getTime() >= renewPeriod;
  }

  /** A key from the future may be of now by now. */
  #lookAtTheClock(): void {
    const ring = this.#ringOf(this.#ring.keys);
    if (ring.newest !== this.#ring.newest) this.#ring = ring;
  }

  #ringOf(keys: readonly UnsealingKey[]): KeyRing {
    const sealBefore = new Date(this.#options.clock.now().getTime() + MOST_SKEW);
    const ahead = keys.filter(({ orderedBy }) => orderedBy > sealBefore);
    for (const { fingerprint, orderedBy } of ahead) {
      if (this.#told.has(fingerprint)) continue;
      const message = `it is of ${orderedBy.toISOString()}: one of the clocks is or was wrong`;
      this.#options.log.warn("A sealing key is from the future, and others are sealed with", { fingerprint, message });
    }
    this.#told = new Set(ahead.map(({ fingerprint }) => fingerprint));
    return new KeyRing(keys, { sealBefore });
  }

  async #reload(): Promise<void> {
    const before = this.#ring;
    const ring = this.#ringOf(await this.#options.store.load());
    this.#ring = ring;
    const { log, audit } = this.#options;
    for (const { fingerprint } of missingFrom(ring, before)) {
      log.warn("A sealing key is used no longer", { fingerprint });
      audit.record({ audit: "key-lost", result: "ok", keys: [fingerprint] });
    }
    const arrived = missingFrom(before, ring);
    for (const { fingerprint } of arrived) audit.record({ audit: "key-found", result: "ok", keys: [fingerprint] });
    if (arrived.length > 0) this.#onArrival();
  }

  /** Two replicas that do this at the same time end with the one key that was stored first. */
  async #make(): Promise<SealingKey> {
    const { store, clock, log, audit, bits, commonName, validFor } = this.#options;
    const before = this.#ring.newest;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const notBefore = beginOf(clock.now(), before);
      const notAfter = new Date(notBefore.getTime() + validFor);
      const request = { bits, commonName, notBefore, notAfter };
      const key = await store.create(request, before?.fingerprint ?? null, attempt);
      if (key !== null) {
        this.#ring = this.#ringOf([...this.#ring.keys, key]);
        audit.record({ audit: "key-made", result: "ok", keys: [key.fingerprint] });
        log.info("New sealing key stored", { fingerprint: key.fingerprint, notAfter: notAfter.toISOString() });
        return key;
      }
      await this.#reload();
      const { newest } = this.#ring;
      if (newest !== null && newest.fingerprint !== before?.fingerprint) return newest;
    }
    throw new ApiError("POST secrets", { status: 409, reason: "AlreadyExists" });
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** The keys of the one ring that the other has not. */
function missingFrom(ring: KeyRing, { keys }: KeyRing): readonly UnsealingKey[] {
  return keys.filter(({ fingerprint }) => ring.get(fingerprint) === null);
}

/** Now, or the second after the newest key's if that is this very one: of two keys of one second, nobody could tell the newer. */
function beginOf(now: Date, newest: SealingKey | null): Date {
  const next = (newest?.certificate.notBefore.getTime() ?? 0) + SECOND;
  const ahead = next - now.getTime();
  return ahead > 0 && ahead <= SECOND ? new Date(next) : now;
}
