/** The worker of Node and Bun. */
import { parentPort } from "node:worker_threads";
import { serve } from "./worker.ts";

serve({
  send: (message, transfer) => parentPort?.postMessage(message, [...transfer]),
  onMessage: (listener) => parentPort?.on("message", listener),
});
