/** The worker of browsers. */
import type { ToWorker } from "./messages.ts";
import { serve } from "./worker.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

serve({
  send: (message, transfer) => scope.postMessage(message, [...transfer]),
  onMessage: (listener) => {
    scope.onmessage = ({ data }) => listener(data);
  },
});
