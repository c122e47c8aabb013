import { KeyRing, type SealingKey } from "@sealwright/core";
import type { Log } from "../log.ts";
import type { Clock, KeySource } from "../ports.ts";
import type { KeyStore } from "./key-store.ts";

export interface KeyRegistryOptions {
  readonly store: KeyStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Of new keys. */
  readonly bits: number;
  readonly commonName: string;
  /** Milliseconds for which a new key's certificate is valid. */
  readonly validFor: number;
}

/** The keys that this process unseals with. */
export class KeyRegistry implements KeySource {
  readonly #options: KeyRegistryOptions;
  #ring = new KeyRing([]);

  constructor(options: KeyRegistryOptions) {
    this.#options = options;
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  isKeyName(namespace: string, name: string): boolean {
    return this.#options.store.isKeyName(namespace, name);
  }

  /** Loads the stored keys; makes the first one where there is none. Throws ApiError. */
  async load(): Promise<void> {
    this.#ring = new KeyRing(await this.#options.store.load());
    if (this.#ring.newest === null) await this.renew();
  }

  /** Makes a new key, stores it, and seals with it from then on. Throws ApiError. */
  async renew(): Promise<SealingKey> {
    const { store, clock, log, bits, commonName, validFor } = this.#options;
    const notBefore = clock.now();
    const notAfter = new Date(notBefore.getTime() + validFor);
    const key = await store.create({ bits, commonName, notBefore, notAfter });
    this.#ring = this.#ring.with(key);
    log.info("New sealing key stored", { fingerprint: key.fingerprint, notAfter: notAfter.toISOString() });
    return key;
  }
}
