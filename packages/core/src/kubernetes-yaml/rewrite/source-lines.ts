/** A document's text by lines; every one of them ends in a line feed. */
export class SourceLines {
  readonly text: string;
  /** What the document indents a mapping inside another with. */
  readonly step: string;

  constructor(text: string, step: string) {
    this.text = text;
    this.step = step;
  }

  /** Where the line starts that holds an offset. */
  start(offset: number): number {
    return offset === 0 ? 0 : this.text.lastIndexOf("\n", offset - 1) + 1;
  }

  /** How far from its line's start. */
  column(offset: number): number {
    return offset - this.start(offset);
  }

  /** Where the line starts that follows something which ends there, be it with its line or within. */
  after(end: number): number {
    return this.text[end - 1] === "\n" ? end : this.text.indexOf("\n", end) + 1;
  }

  /** The same end, but for what ends with its line: before the line feed. */
  contentEnd(end: number): number {
    return this.text[end - 1] === "\n" ? end - 1 : end;
  }

  /** What stands before a place on its line, where that is nothing but space; else null. */
  marginOf(offset: number): string | null {
    const before = this.text.slice(this.start(offset), offset);
    return /^[ \t]*$/.test(before) ? before : null;
  }

  /** Whether nothing follows on the line but a comment. */
  isLastOnLine(end: number): boolean {
    return /^[ \t]*(?:#|$)/.test(this.text.slice(this.contentEnd(end), this.after(end) - 1));
  }
}
