import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { keyObjectOf } from "../crypto/node.ts";
import type { HostThread, ThreadHost, ThreadListeners } from "./host.ts";

export { sharedPool } from "./shared-pool-node.ts";

import type { DecryptedMessage, DecryptMessage } from "./worker-node.ts";

/** Its neighbour, compiled or not as this file is. */
const IN_PACKAGE = new URL(`./worker-node${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** Megabytes: a thread holds two jobs of a kilobyte each, and would take all the memory that it may before it looks for garbage. */
const MEMORY = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

/** Backs the port with Node's own threads. */
export function hostWith(program: URL): ThreadHost {
  return { cores: availableParallelism(), startThread: (listeners) => startThread(program, listeners) };
}

export const threadHost = hostWith(IN_PACKAGE);

function startThread(program: URL, { onDone, onFailure }: ThreadListeners): HostThread {
  // It sees neither the environment nor the arguments of this process.
  const worker = new Worker(program, { env: {}, argv: [], execArgv: [], name: "decryption", resourceLimits: MEMORY });
  let ended = false;
  const fail = (error: unknown) => {
    if (!ended) onFailure(error);
    ended = true;
  };
  worker.on("message", ({ id, sessionKey }: DecryptedMessage) => onDone(id, sessionKey));
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`exit code ${code}`)));
  return {
    decrypt({ id, key, ciphertext, label }) {
      // Copies, because a view would be sent with all of the memory that it looks at.
      const message = { id, key: keyObjectOf(key), ciphertext: ciphertext.slice(), label: label.slice() };
      worker.postMessage(message satisfies DecryptMessage);
    },
    terminate() {
      ended = true;
      void worker.terminate();
    },
    keepAlive: (busy) => (busy ? worker.ref() : worker.unref()),
  };
}
