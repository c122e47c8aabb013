/** Templates to be rendered together. */
export interface RenderRequest {
  /** Whose templates these are: the time they take is counted against it. */
  readonly namespace: string;
  /** What the templates see as `.`: name to value. */
  readonly items: ReadonlyMap<string, Uint8Array>;
  /** Name to Go template. At least one. */
  readonly templates: ReadonlyMap<string, string>;
}

/** Go's text/template with Sprig's functions, as the Go project's controller runs them, within limits. */
export interface TemplateEngine {
  /**
   * Renders the templates in their order.
   *
   * @returns name to output, of every template
   * @throws SealwrightError for the first that fails: `template_parse`, `template_failed`, `template_limit`. Anything
   * else that it throws is no template's fault: the engine could not be started, or was closed
   */
  render(request: RenderRequest): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Ends its workers; what is under way is rejected. */
  close(): void;
}

/** Where the parts of an engine come from, for programs that were bundled: bundlers do not carry them along by themselves. */
export interface TemplateEngineOptions {
  /** The engine's WebAssembly module, gzipped or not: `@sealwright/core/template-engine.wasm.gz`, which is taken from the package unless given. */
  readonly module?: Uint8Array;
  /**
   * Where the worker's program is, an ES module, or the text of it: `@sealwright/core/template-worker` with what it imports, which is taken from
   * the package unless given.
   */
  readonly worker?: URL | string;
}
