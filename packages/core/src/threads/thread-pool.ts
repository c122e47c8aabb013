import { cryptography } from "#crypto";
import type { PrivateKey } from "../crypto/port.ts";
import { DecryptionThread, type PendingJob } from "./decryption-thread.ts";
import type { DecryptionThreads } from "./decryption-threads.ts";
import type { ThreadHost } from "./host.ts";

/** What a thread does, and what it does next: so it never waits for this thread to hand it something. */
const IN_HAND = 2;
const MOST_WAITING = 10_000;
/** So many decryptions in a row are done on this thread before it is worth to start another: that takes as long as twenty of them. */
const DONE_HERE = 4;
/** Milliseconds without work after which the threads and their memory are given back. */
const IDLE = 60_000;

/** What `createDecryptionThreads` makes, on any host. */
export class ThreadPool implements DecryptionThreads {
  readonly parallel: number;
  readonly #host: ThreadHost;
  readonly #most: number;
  readonly #threads = new Set<DecryptionThread>();
  /** In order of arrival. */
  readonly #waiting: PendingJob[] = [];
  #lastId = 0;
  #doneHere = 0;
  #busyHere = false;
  #closed = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ThreadHost, most: number) {
    this.#host = host;
    this.#most = Math.max(1, most);
    this.parallel = IN_HAND * this.#most;
  }

  async decryptOaep(key: PrivateKey, ciphertext: Uint8Array, label: Uint8Array): Promise<Uint8Array | null> {
    if (this.#closed) throw closed();
    if (this.#threads.size === 0 && !this.#busyHere && this.#doneHere < DONE_HERE) {
      return this.#decryptHere(key, ciphertext, label);
    }
    if (this.#waiting.length >= MOST_WAITING) throw new Error("too many decryptions wait for a thread");
    this.#lastId += 1;
    const job: PendingJob = { id: this.#lastId, key, ciphertext, label, ended: Promise.withResolvers() };
    this.#waiting.push(job);
    this.#handOut();
    return job.ended.promise;
  }

  close(): void {
    this.#closed = true;
    for (const { ended } of this.#waiting.splice(0)) ended.reject(closed());
    this.#endThreads();
  }

  async #decryptHere(key: PrivateKey, ciphertext: Uint8Array, label: Uint8Array): Promise<Uint8Array | null> {
    this.#doneHere += 1;
    this.#busyHere = true;
    this.#waitForIdleness();
    try {
      return await cryptography.decryptOaep(key, ciphertext, label);
    } finally {
      this.#busyHere = false;
    }
  }

  #handOut(): void {
    clearTimeout(this.#idle);
    for (let [job] = this.#waiting; job !== undefined; [job] = this.#waiting) {
      if (!this.#handTo(job)) return;
      this.#waiting.shift();
    }
  }

  /** False where all threads have enough in hand. */
  #handTo(job: PendingJob): boolean {
    try {
      const thread = this.#freeThread();
      thread?.take(job);
      return thread !== null;
    } catch (cause) {
      job.ended.reject(new Error("no thread could be given a decryption", { cause }));
      return true;
    }
  }

  /** One that has nothing to do, or a new one, or the one with the least to do; null where all have enough. */
  #freeThread(): DecryptionThread | null {
    const [first = null, ...others] = this.#threads;
    const freest = others.reduce((best, thread) => (best !== null && best.load <= thread.load ? best : thread), first);
    if (freest?.load === 0) return freest;
    if (this.#threads.size < this.#most) return this.#startThread();
    return freest !== null && freest.load < IN_HAND ? freest : null;
  }

  #startThread(): DecryptionThread {
    const thread = new DecryptionThread(this.#host, (freed) => this.#onFree(freed));
    this.#threads.add(thread);
    return thread;
  }

  #onFree(thread: DecryptionThread): void {
    if (!thread.alive) this.#threads.delete(thread);
    this.#handOut();
    this.#waitForIdleness();
  }

  #waitForIdleness(): void {
    clearTimeout(this.#idle);
    const idle = [...this.#threads].every(({ load }) => load === 0);
    if (this.#closed || !idle || (this.#threads.size === 0 && this.#doneHere === 0)) return;
    this.#idle = setTimeout(() => {
      this.#doneHere = 0;
      this.#endThreads();
    }, IDLE);
    // Only Node's timers keep the process alive, and only they have this.
    this.#idle.unref?.();
  }

  #endThreads(): void {
    clearTimeout(this.#idle);
    for (const thread of [...this.#threads]) thread.terminate(closed());
    this.#threads.clear();
  }
}

function closed(): Error {
  return new Error("the decryption threads were closed");
}
