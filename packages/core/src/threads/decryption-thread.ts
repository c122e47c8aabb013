import type { DecryptionJob, HostThread, ThreadHost } from "./host.ts";

/** A job with whoever waits for it. */
export interface PendingJob extends DecryptionJob {
  readonly ended: PromiseWithResolvers<Uint8Array | null>;
}

/** A thread and the jobs that it has in hand. */
export class DecryptionThread {
  readonly #thread: HostThread;
  readonly #jobs = new Map<number, PendingJob>();
  readonly #onFree: (thread: DecryptionThread) => void;
  #alive = true;

  /** @param onFree called whenever it has fewer jobs than before; it may be dead then */
  constructor(host: ThreadHost, onFree: (thread: DecryptionThread) => void) {
    this.#onFree = onFree;
    this.#thread = host.startThread({
      onDone: (id, sessionKey) => this.#done(id, sessionKey),
      onFailure: (cause) => this.#end(new Error("a thread ended in the middle of a decryption", { cause })),
    });
  }

  /** Whether it can take more jobs. */
  get alive(): boolean {
    return this.#alive;
  }

  /** How many jobs it has in hand. */
  get load(): number {
    return this.#jobs.size;
  }

  /** Throws where the job cannot be sent; then it is not in hand. */
  take(job: PendingJob): void {
    this.#thread.decrypt(job);
    if (this.#jobs.size === 0) this.#thread.keepAlive(true);
    this.#jobs.set(job.id, job);
  }

  /** Ends it, whatever it is doing; its jobs are rejected. */
  terminate(reason: Error): void {
    this.#thread.terminate();
    this.#end(reason);
  }

  #done(id: number, sessionKey: Uint8Array | null): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (this.#jobs.size === 0) this.#thread.keepAlive(false);
    job?.ended.resolve(sessionKey);
    this.#onFree(this);
  }

  #end(reason: Error): void {
    this.#alive = false;
    for (const { ended } of this.#jobs.values()) ended.reject(reason);
    this.#jobs.clear();
    this.#onFree(this);
  }
}
