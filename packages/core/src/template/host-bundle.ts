import { hostWith } from "./host-node.ts";

/** The host of a program that was bundled into one file: its build puts the engine's files beside it (tools/build.ts). */
export const templateHost = hostWith({
  module: new URL("./engine.wasm.gz", import.meta.url),
  worker: new URL("./template-worker.js", import.meta.url),
});
