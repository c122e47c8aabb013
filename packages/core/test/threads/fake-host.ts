import type { DecryptionJob, HostThread, ThreadHost, ThreadListeners } from "../../src/threads/host.ts";

/** A thread that answers only when it is told to. */
export class FakeThread implements HostThread {
  terminated = false;
  keptAlive = true;
  /** What it was given and has not answered, in order. */
  readonly jobs: DecryptionJob[] = [];
  readonly #listeners: ThreadListeners;

  constructor(listeners: ThreadListeners) {
    this.#listeners = listeners;
  }

  decrypt(job: DecryptionJob): void {
    this.jobs.push(job);
  }

  terminate(): void {
    this.terminated = true;
  }

  keepAlive(busy: boolean): void {
    this.keptAlive = busy;
  }

  /** Answers its first job; the session key is the ciphertext. */
  finish(): void {
    const job = this.jobs.shift();
    if (job !== undefined) this.#listeners.onDone(job.id, job.ciphertext);
  }

  /** It ends by itself. */
  fail(error: Error): void {
    this.#listeners.onFailure(error);
  }
}

export interface FakeHost extends ThreadHost {
  readonly threads: FakeThread[];
}

/** @param obstacle what keeps a thread from being started */
export function fakeHost(obstacle?: Error): FakeHost {
  const threads: FakeThread[] = [];
  return {
    cores: 2,
    threads,
    startThread(listeners) {
      if (obstacle !== undefined) throw obstacle;
      const thread = new FakeThread(listeners);
      threads.push(thread);
      return thread;
    },
  };
}
