import type { Audit } from "../audit/audit.ts";
import type { Log } from "../log.ts";
import { describeError } from "../outcome.ts";
import { exponentialBackoff, WorkQueue } from "../work-queue.ts";
import { isApiError, isRace } from "./api-error.ts";
import { SEALED_SECRETS, type SealedSecretObject } from "./sealed-secrets.ts";
import { deleteSecretOf } from "./secrets.ts";
import type { Transport } from "./transport.ts";

/** So many tries; after them, the garbage collector is left to it, for the owner reference is there as well. */
const MOST_TRIES = 5;

export interface OrphanedSecretsOptions {
  readonly transport: Transport;
  readonly log: Log;
  readonly audit: Audit;
}

/**
 * Deletes the Secrets of SealedSecrets that are gone, for clusters without a garbage collector. A Secret that the SealedSecret does not
 * control (any more) stays, and so does one whose SealedSecret is only no longer watched.
 */
export class OrphanedSecrets {
  readonly #transport: Transport;
  readonly #log: Log;
  readonly #audit: Audit;
  readonly #gone = new Map<string, string>();
  readonly #queue: WorkQueue;

  constructor({ transport, log, audit }: OrphanedSecretsOptions) {
    this.#transport = transport;
    this.#log = log;
    this.#audit = audit;
    this.#queue = new WorkQueue({
      workers: 2,
      work: (key) => this.#delete(key),
      backoff: (failures) =>
        failures < MOST_TRIES ? exponentialBackoff(failures, { first: 500, longest: 30_000 }) : null,
    });
  }

  /** Sees to the Secret of a SealedSecret that has gone; nothing waits for it. */
  collect({ metadata: { namespace = "", name = "", ...rest } }: SealedSecretObject): void {
    this.#gone.set(`${namespace}/${name}`, String(rest["uid"]));
    this.#queue.add(`${namespace}/${name}`);
  }

  /** Ends what is under way and gives the rest up. */
  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #delete(key: string): Promise<void> {
    const [namespace = "", name = ""] = key.split("/");
    const uid = this.#gone.get(key) ?? "";
    try {
      if (await this.#isGone(namespace, name, uid)) {
        const deleted = await deleteSecretOf(this.#transport, { namespace, name, uid });
        if (deleted) {
          this.#log.info("The SealedSecret has gone: its Secret is deleted", { namespace, name });
          this.#audit.record({ audit: "delete", result: "ok", namespace, name });
        }
      }
      this.#gone.delete(key);
    } catch (error) {
      if (!isRace(error))
        this.#log.warn("A Secret could not be deleted", { namespace, name, message: describeError(error) });
      throw error;
    }
  }

  async #isGone(namespace: string, name: string, uid: string): Promise<boolean> {
    try {
      const path = `${SEALED_SECRETS}/namespaces/${namespace}/sealedsecrets/${name}`;
      const { metadata } = (await this.#transport.request("GET", path)) as SealedSecretObject;
      return metadata["uid"] !== uid;
    } catch (error) {
      if (isApiError(error, "NotFound")) return true;
      throw error;
    }
  }
}
