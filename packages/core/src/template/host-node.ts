import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { gunzip } from "node:zlib";
import type { TemplateHost } from "./host.ts";

/** Where the engine's files are. */
export interface EngineFiles {
  /** The WebAssembly module, gzipped. */
  readonly module: URL;
  /** The worker's program, an ES module. */
  readonly worker: URL;
}

const IN_PACKAGE: EngineFiles = {
  // The same place from `src` and from `dist`.
  module: new URL("../../template-engine/engine.wasm.gz", import.meta.url),
  // Its neighbour, compiled or not as this file is.
  worker: new URL(`./worker-node${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
};

/** Bytes, more than the module has: unpacked in one piece it takes a third of the time, and no second copy. */
const UNPACKED_AT_ONCE = 2 ** 24;

/** Backs the port with Node's own modules. */
export function hostWith(files: EngineFiles): TemplateHost {
  return {
    readModule: () => readFile(files.module),
    gunzip: (bytes) => promisify(gunzip)(bytes, { chunkSize: UNPACKED_AT_ONCE }),

    startWorker({ onMessage, onFailure }, source = files.worker) {
      // It sees neither the environment nor the arguments of this process.
      const worker = new Worker(locate(source), { env: {}, argv: [], execArgv: [], name: "templates" });
      let ended = false;
      const fail = (error: unknown) => {
        if (!ended) onFailure(error);
        ended = true;
      };
      worker.on("message", onMessage);
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new Error(`the template worker ended with exit code ${code}`)));
      return {
        send: (message, transfer) => worker.postMessage(message, [...transfer]),
        terminate() {
          ended = true;
          void worker.terminate();
        },
        keepAlive: (busy) => (busy ? worker.ref() : worker.unref()),
        processorTime: processorTimeOf(worker),
      };
    },
  };
}

export const templateHost = hostWith(IN_PACKAGE);

/** Node tells it of a thread from 24.6 on; before, and in Bun, that of the whole process is told, which is no less. */
function processorTimeOf(worker: Partial<Pick<Worker, "cpuUsage">>): () => Promise<number> {
  const usage = worker.cpuUsage?.bind(worker) ?? process.cpuUsage;
  return async () => {
    const { user, system } = await usage();
    return (user + system) / 1_000;
  };
}

function locate(source: URL | string): URL {
  if (source instanceof URL) return source;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
