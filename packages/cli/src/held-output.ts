import type { Output } from "./io.ts";

/** Characters. */
const PIECE = 64 * 1024;

/**
 * What is for stdout, and waits until all of it is known to be good. It is held once, as bytes outside of the engine's heap, and is handed
 * over in pieces.
 */
export class HeldOutput {
  readonly #pieces: Buffer[] = [];
  #text = "";

  /** @param text whole characters */
  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE) this.#put();
  }

  /** All of it is good. */
  async writeTo(output: Output): Promise<void> {
    this.#put();
    for (const piece of this.#pieces) await output.write(piece.toString());
  }

  #put(): void {
    if (this.#text !== "") this.#pieces.push(Buffer.from(this.#text));
    this.#text = "";
  }
}
