import { sharedPool, threadHost } from "#thread-host";
import type { DecryptionThreads, DecryptionThreadsOptions } from "./decryption-threads.ts";
import { ThreadPool } from "./thread-pool.ts";

/**
 * Threads for `unseal` and `reseal` of many objects, or of objects with many items. None is started before there is work for one: a
 * process that opens a few items pays nothing. They end when they have been idle for a minute, and no thread keeps a process alive
 * that has nothing else to do. In browsers, WebCrypto has threads of its own, and this merely keeps them busy.
 */
export function createDecryptionThreads(options: DecryptionThreadsOptions = {}): DecryptionThreads {
  const host = options.shared === true ? sharedPool : threadHost;
  return new ThreadPool(host, options.threads ?? host.cores);
}
