import type { CauseOfDeath, Rendered } from "./instance.ts";

/** What a worker is told: the module, once, and after its `ready` one job at a time. */
export type ToWorker =
  | { readonly kind: "start"; readonly module: WebAssembly.Module }
  | {
      readonly kind: "render";
      /** `encodeItems` */
      readonly items: Uint8Array;
      /** `encodeTemplate` of each; rendered in this order, up to the first that fails. */
      readonly templates: readonly Uint8Array[];
      /** Bytes that the templates may write together. */
      readonly outputLimit: number;
    };

/** What a worker answers: `rendered` once for each template, and after the last of them `done`. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "rendered"; readonly rendered: Rendered }
  /** `memory` is the size in bytes that the instance has grown to. */
  | { readonly kind: "done"; readonly memory: number }
  /** Its instance is of no more use, and so is the worker. */
  | { readonly kind: "died"; readonly cause: CauseOfDeath };
