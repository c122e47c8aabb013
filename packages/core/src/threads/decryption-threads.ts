import type { OaepDecryption } from "../crypto/port.ts";

/**
 * Threads that decrypt session keys, so that RSA takes every core and none of the caller's time. One such pool serves any number of
 * callers at once: whoever came first is served first, and no call of `unseal` has more than `parallel` decryptions waiting.
 */
export interface DecryptionThreads extends OaepDecryption {
  /** How many decryptions at the same time keep all threads busy. */
  readonly parallel: number;
  /**
   * Rejects where a thread ended in the middle of it (the next decryption has a new one), where more than 10,000 decryptions wait, or
   * where the threads were closed.
   */
  readonly decryptOaep: OaepDecryption["decryptOaep"];
  /** Ends the threads; what is under way or waiting is rejected. */
  close(): void;
}

/** How many threads there may be. */
export interface DecryptionThreadsOptions {
  /** At most so many threads; as many as there are cores where absent, and four of shared ones. */
  readonly threads?: number;
  /**
   * Takes the threads that Node has for files, names and the like, four unless `UV_THREADPOOL_SIZE` says more, instead of starting
   * others of twenty megabytes each: for who has more need of memory than of many cores.
   */
  readonly shared?: boolean;
}
