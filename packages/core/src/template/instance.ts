import { type Wasi, wasi } from "./wasi.ts";

/** What became of one template. Nothing in it quotes an item, other than the output. */
export type Rendered =
  | { readonly status: "ok"; readonly output: Uint8Array<ArrayBuffer> }
  /** `text` is Go's message, which quotes the template. */
  | { readonly status: "parse_error"; readonly line: number | null; readonly text: string }
  | { readonly status: "execution_error"; readonly line: number | null; readonly column: number | null }
  | { readonly status: "output_limit" };

/** What an instance can die of: too much memory, too deep a recursion, or a fault of its own. */
export type CauseOfDeath = "memory" | "depth" | "crash";

/** The instance ended in the middle of something and is of no more use. */
export class InstanceDied extends Error {
  readonly causeOfDeath: CauseOfDeath;

  /** The original error is not kept: it may quote what was worked on. */
  constructor(causeOfDeath: CauseOfDeath) {
    super(`the template engine died: ${causeOfDeath}`);
    this.causeOfDeath = causeOfDeath;
  }
}

/** The functions that `template-engine/main.go` exports. Addresses and lengths are of bytes in `memory`. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  reserve(size: number): number;
  load(): void;
  render(outputLimit: number): number;
  answerAddress(): number;
  answerLength(): number;
  explain(): void;
  forget(): void;
}

/** In the order of the numbers in `template-engine/render/render.go`. */
const STATUSES = ["ok", "parse_error", "execution_error", "output_limit"] as const;

/** One running copy of the engine's module. Every method throws InstanceDied, and after it nothing may be called. */
export class Instance {
  readonly exports: EngineExports;
  readonly #wasi: Wasi;

  constructor(module: WebAssembly.Module) {
    this.#wasi = wasi(module, () => this.exports.memory);
    this.exports = new WebAssembly.Instance(module, this.#wasi.imports).exports as unknown as EngineExports;
    this.#alive(() => this.exports._initialize());
  }

  /** Its size, which never shrinks, in bytes. */
  get memory(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** @param items `encodeItems` of the items that the templates see from now on */
  load(items: Uint8Array): void {
    this.#alive(() => {
      this.#write(items);
      this.exports.load();
    });
  }

  /**
   * @param template `encodeTemplate` of one template
   * @param outputLimit in bytes
   */
  render(template: Uint8Array, outputLimit: number): Rendered {
    return this.#alive(() => {
      this.#write(template);
      const status = STATUSES[this.exports.render(outputLimit)];
      const answer = this.answer();
      switch (status) {
        case "ok":
          return { status, output: answer };
        case "parse_error":
          return { status, line: positionIn(answer).line, text: new TextDecoder().decode(answer.subarray(8)) };
        case "execution_error":
          return { status, ...positionIn(answer) };
        case "output_limit":
          return { status };
        default:
          throw new Error("the engine answered with an unknown status");
      }
    });
  }

  /** Drops what it was given and what it made of it. */
  forget(): void {
    this.#alive(() => this.exports.forget());
  }

  /** A copy of the answer that the last call left. */
  answer(): Uint8Array<ArrayBuffer> {
    const { memory, answerAddress, answerLength } = this.exports;
    const [address, length] = [answerAddress(), answerLength()];
    return new Uint8Array(memory.buffer, address >>> 0, length >>> 0).slice();
  }

  #write(bytes: Uint8Array): void {
    const address = this.exports.reserve(bytes.length) >>> 0;
    new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
  }

  #alive<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new InstanceDied(this.#causeOf(error));
    }
  }

  #causeOf(error: unknown): CauseOfDeath {
    if (this.#wasi.outOfMemory()) return "memory";
    // Firefox calls it InternalError.
    const tooDeep = error instanceof RangeError || (error instanceof Error && error.name === "InternalError");
    return tooDeep ? "depth" : "crash";
  }
}

/** Line and column, little-endian, four bytes each; line 0 stands for a position that Go does not tell. */
function positionIn(answer: Uint8Array): { readonly line: number | null; readonly column: number | null } {
  const view = new DataView(answer.buffer, answer.byteOffset);
  const line = view.getUint32(0, true);
  return line === 0 ? { line: null, column: null } : { line, column: view.getUint32(4, true) };
}
