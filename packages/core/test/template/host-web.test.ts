import { readFileSync } from "node:fs";
import { Worker as NodeWorker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { utf8 } from "../../src/bytes.ts";
import { engineOn } from "../../src/template/engine-on-host.ts";
import { templateHost } from "../../src/template/host-web.ts";

const MODULE = new URL("../../template-engine/engine.wasm.gz", import.meta.url);

/** Makes of a thread of Node what a page sees as a Worker, and of its global scope what a worker sees there. */
class PageWorker {
  static started: URL[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly #thread: NodeWorker;

  constructor(url: URL, options: { type: string }) {
    PageWorker.started.push(url);
    expect(options.type).toBe("module");
    const source = new URL(url.href.replace(/\.js$/, ".ts"));
    this.#thread = new NodeWorker(
      `const { parentPort } = require("node:worker_threads");
       globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
       parentPort.on("message", (data) => globalThis.onmessage({ data }));
       import(${JSON.stringify(source)});`,
      { eval: true },
    );
    this.#thread.on("message", (data) => this.onmessage?.({ data }));
    this.#thread.on("error", ({ message }) => this.onerror?.({ message }));
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    this.#thread.postMessage(message, transfer);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}

describe("the engine in a browser", () => {
  const served = vi.fn<(url: URL) => Response>();
  beforeEach(() => {
    PageWorker.started = [];
    served.mockReturnValue(new Response(readFileSync(MODULE)));
    vi.stubGlobal("Worker", PageWorker);
    vi.stubGlobal("fetch", async (url: URL) => served(url));
  });
  afterEach(() => vi.unstubAllGlobals());

  const request = {
    namespace: "a",
    items: new Map([["a", utf8("b")]]),
    templates: new Map([["t", "{{ .a | upper }}"]]),
  };

  it("renders, with the module and the worker that lie beside it", async () => {
    const engine = engineOn(templateHost, {});
    expect(await engine.render(request)).toEqual(new Map([["t", new Uint8Array(utf8("B"))]]));
    engine.close();
    expect(served.mock.calls).toEqual([[MODULE]]);
    expect(PageWorker.started).toEqual([new URL("../../src/template/worker-web.js", import.meta.url)]);
  });

  it("says that its module is not there", async () => {
    served.mockReturnValue(new Response("", { status: 404 }));
    await expect(engineOn(templateHost, {}).render(request)).rejects.toThrow("HTTP 404");
  });

  it("says that its worker did not load", async () => {
    const engine = engineOn(templateHost, { worker: new URL("file:///nowhere/worker.js") });
    await expect(engine.render(request)).rejects.toThrow("the template worker failed");
  });
});
