import type { ManifestSyntaxErrorCode } from "./syntax-error.ts";

/** What is wrong and where, thrown by whoever finds it; `readManifests` adds which document it was. */
export class SyntaxFault extends Error {
  readonly code: ManifestSyntaxErrorCode;
  readonly line: number;
  readonly column: number;

  constructor(code: ManifestSyntaxErrorCode, line: number, column: number) {
    super(code);
    this.code = code;
    this.line = line;
    this.column = column;
  }
}

/** A part of the input that knows where in the whole it starts. Its lines end in line feeds alone. */
export class SourceText {
  readonly text: string;
  readonly #line: number;
  readonly #column: number;

  /** @param line, column Where the part starts, from 1. */
  constructor(text: string, line: number, column = 1) {
    this.text = text;
    this.#line = line;
    this.#column = column;
  }

  /** The line in the whole input, from 1. */
  lineOf(offset: number): number {
    return this.#positionOf(offset).line;
  }

  /** The column in the whole input, from 1. */
  columnOf(offset: number): number {
    return this.#positionOf(offset).column;
  }

  /** What follows an offset. */
  from(offset: number): SourceText {
    const { line, column } = this.#positionOf(offset);
    return new SourceText(this.text.slice(offset), line, column);
  }

  fault(code: ManifestSyntaxErrorCode, offset: number): SyntaxFault {
    const { line, column } = this.#positionOf(offset);
    return new SyntaxFault(code, line, column);
  }

  #positionOf(offset: number): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, offset);
    let line = this.#line;
    let lineStart = 1 - this.#column;
    for (let feed = before.indexOf("\n"); feed !== -1; feed = before.indexOf("\n", feed + 1)) {
      line += 1;
      lineStart = feed + 1;
    }
    return { line, column: offset - lineStart + 1 };
  }
}
