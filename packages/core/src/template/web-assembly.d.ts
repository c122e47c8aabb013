/**
 * As much of WebAssembly's JavaScript interface as the template engine uses; TypeScript has it only together with the
 * DOM.
 */
declare namespace WebAssembly {
  class Module {
    private constructor();
    static imports(module: Module): { readonly module: string; readonly name: string }[];
  }

  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: object;
  }

  interface Memory {
    /** Another one after each growth of the memory. */
    readonly buffer: ArrayBuffer;
  }

  type Imports = Readonly<Record<string, Readonly<Record<string, (...parameters: never[]) => unknown>>>>;

  class RuntimeError extends Error {}

  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
