/** Error numbers of WASI preview 1. */
const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const NOT_SUPPORTED = 58;

const REALTIME = 0;
/** The most that `getRandomValues` fills at once. */
const RANDOM_CHUNK = 65_536;
/** Bytes of a `subscription` and of an `event`. */
const SUBSCRIPTION = 48;
const EVENT = 32;

/** What a module gets as its system, and what can be told of how it fared. */
export interface Wasi {
  readonly imports: WebAssembly.Imports;
  /** Whether its last words were of memory that it did not get. */
  outOfMemory(): boolean;
}

/**
 * The system that a module finds: a clock, random numbers, and nothing else. No arguments, no environment, no files, no
 * sockets; what it writes is dropped.
 *
 * @param module every import it declares is answered
 * @param memory the module's own, once it is instantiated
 */
export function wasi(module: WebAssembly.Module, memory: () => WebAssembly.Memory): Wasi {
  const view = () => new DataView(memory().buffer);
  const bytes = (address: number, length: number) => new Uint8Array(memory().buffer, address, length);
  let outOfMemory = false;

  const answered: Readonly<Record<string, (...parameters: never[]) => unknown>> = {
    args_sizes_get: (count: number, size: number) => setZero(view(), count, size),
    args_get: () => SUCCESS,
    environ_sizes_get: (count: number, size: number) => setZero(view(), count, size),
    environ_get: () => SUCCESS,
    sched_yield: () => SUCCESS,
    // The answer that ends the search for folders to open.
    fd_prestat_get: () => BAD_DESCRIPTOR,

    clock_time_get(clock: number, _precision: bigint, time: number) {
      const milliseconds = clock === REALTIME ? Date.now() : performance.now();
      view().setBigUint64(time, BigInt(Math.round(milliseconds * 1e6)), true);
      return SUCCESS;
    },

    random_get(address: number, length: number) {
      for (let at = 0; at < length; at += RANDOM_CHUNK) {
        crypto.getRandomValues(bytes(address + at, Math.min(RANDOM_CHUNK, length - at)));
      }
      return SUCCESS;
    },

    fd_write(_descriptor: number, vectors: number, count: number, written: number) {
      const parts = Array.from({ length: count }, (_, index) => {
        const at = vectors + 8 * index;
        return bytes(view().getUint32(at, true), view().getUint32(at + 4, true));
      });
      // Go's last words tell why it ends; they are looked at and not kept.
      outOfMemory ||= parts.some((part) => new TextDecoder().decode(part).includes("out of memory"));
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      view().setUint32(written, length, true);
      return SUCCESS;
    },

    /** Nothing is ever waited for: every event has happened, every pause is over. */
    poll_oneoff(subscriptions: number, events: number, count: number, happened: number) {
      for (let index = 0; index < count; index++) {
        const subscription = bytes(subscriptions + SUBSCRIPTION * index, SUBSCRIPTION);
        const event = bytes(events + EVENT * index, EVENT).fill(0);
        event.set(subscription.subarray(0, 8));
        event[10] = subscription[8] ?? 0;
      }
      view().setUint32(happened, count, true);
      return SUCCESS;
    },

    proc_exit() {
      throw new Error("the module ended itself");
    },
  };

  const declared = Map.groupBy(WebAssembly.Module.imports(module), (each) => each.module);
  const imports = [...declared].map(([namespace, functions]) => [
    namespace,
    Object.fromEntries(functions.map(({ name }) => [name, answered[name] ?? (() => NOT_SUPPORTED)])),
  ]);
  return { imports: Object.fromEntries(imports), outOfMemory: () => outOfMemory };
}

function setZero(view: DataView, ...addresses: readonly number[]): number {
  for (const address of addresses) view.setUint32(address, 0, true);
  return SUCCESS;
}
