import type { TemplateHost } from "./host.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** The part of a browser's Worker that is used here; TypeScript has it only together with the DOM. */
interface WebWorker {
  postMessage(message: ToWorker, transfer: ArrayBuffer[]): void;
  terminate(): void;
  onmessage: ((event: { readonly data: FromWorker }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
}

declare const Worker: new (url: URL | string, options: { readonly type: "module"; readonly name: string }) => WebWorker;

const OPTIONS = { type: "module", name: "templates" } as const;

/** Backs the port with what browsers have. */
export const templateHost: TemplateHost = {
  async readModule() {
    const response = await fetch(new URL("../../template-engine/engine.wasm.gz", import.meta.url));
    if (!response.ok) throw new Error(`the template engine's module was not found: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },

  async gunzip(bytes) {
    const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  },

  startWorker({ onMessage, onFailure }, source) {
    const worker = source === undefined ? startOwnWorker() : startGivenWorker(source);
    worker.onmessage = ({ data }) => onMessage(data);
    worker.onerror = ({ message }) =>
      onFailure(new Error(`the template worker failed: ${message ?? "it did not load"}`));
    return {
      send: (message, transfer) => worker.postMessage(message, [...transfer]),
      terminate: () => worker.terminate(),
      keepAlive: () => undefined,
      processorTime: null,
    };
  },
};

/** Bundlers find the worker's file by this very expression. */
function startOwnWorker(): WebWorker {
  return new Worker(new URL("./worker-web.js", import.meta.url), { type: "module", name: "templates" });
}

function startGivenWorker(source: URL | string): WebWorker {
  if (source instanceof URL) return new Worker(source, OPTIONS);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return new Worker(url, OPTIONS);
}
