import type { PrivateKey } from "../crypto/port.ts";

/** One session key to decrypt. */
export interface DecryptionJob {
  /** Of no other job that the thread has in hand. */
  readonly id: number;
  readonly key: PrivateKey;
  readonly ciphertext: Uint8Array;
  readonly label: Uint8Array;
}

/** A thread that a host started: it does its jobs in their order. */
export interface HostThread {
  decrypt(job: DecryptionJob): void;
  /** Ends it at once, whatever it is doing. Nothing is heard of it after that. */
  terminate(): void;
  /** Whether the process stays alive for it; a host that knows nothing of that does nothing. */
  keepAlive(busy: boolean): void;
}

export interface ThreadListeners {
  /** `sessionKey` is null where key, label or bytes are wrong. */
  readonly onDone: (id: number, sessionKey: Uint8Array | null) => void;
  /** It ended by itself, or never started. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * What the threads need of the machine. Two modules back it: `host-node.ts` (Node and Bun) and `host-web.ts` (browsers); the package's
 * `#thread-host` import picks one.
 */
export interface ThreadHost {
  readonly cores: number;
  startThread(listeners: ThreadListeners): HostThread;
}
