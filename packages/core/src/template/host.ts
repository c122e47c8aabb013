import type { FromWorker, ToWorker } from "./messages.ts";

/** A worker that a host started. */
export interface HostWorker {
  send(message: ToWorker, transfer: readonly ArrayBuffer[]): void;
  /** Ends it at once, whatever it is doing. Nothing is heard of it after that. */
  terminate(): void;
  /** Whether the process stays alive for it; a host that knows nothing of that does nothing. */
  keepAlive(busy: boolean): void;
  /** Milliseconds of a processor that it has had since it started; null where the host can't tell. */
  readonly processorTime: (() => Promise<number>) | null;
}

export interface WorkerListeners {
  readonly onMessage: (message: FromWorker) => void;
  /** It ended by itself, or never started. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * What the engine needs of the machine it runs on, and no more. Two modules back it: `host-node.ts` (Node and Bun) and
 * `host-web.ts` (browsers); the package's `#template-host` import picks one.
 */
export interface TemplateHost {
  /** The module that the package carries, gzipped. */
  readModule(): Promise<Uint8Array>;
  gunzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /** @param source where the worker's program is, or the text of it; the package's own unless given */
  startWorker(listeners: WorkerListeners, source: URL | string | undefined): HostWorker;
}
