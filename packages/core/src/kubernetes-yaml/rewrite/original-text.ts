import { withLineFeeds } from "../split-documents.ts";
import { type Splice, spliced } from "./splice.ts";

const BYTE_ORDER_MARK = "\ufeff";

/** A text as it was given, beside the text that is read from it, which has no byte order mark and line feeds alone. */
export class OriginalText {
  /** What offsets count in. */
  readonly read: string;
  /** With a line end at its end, too. */
  readonly #original: string;
  readonly #mark: string;
  /** What was added to the original. */
  readonly #addedEnd: string;
  /** Where in `read` a line ends that ends in a carriage return and a line feed. */
  readonly #crLf: readonly number[];

  constructor(text: string) {
    this.read = withLineFeeds(text);
    this.#mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    this.#addedEnd = text.endsWith("\n") ? "" : lastLineEnd(text);
    this.#original = text + this.#addedEnd;
    this.#crLf = carriageReturns(this.#original.slice(this.#mark.length));
  }

  /** The original with the splices done, which are of `read`: all else to the character, and line ends as they are around. */
  spliced(splices: readonly Splice[]): string {
    const text = spliced(
      this.#original,
      splices.map((splice) => this.#inOriginal(splice)),
    );
    return this.#addedEnd !== "" && text.endsWith(this.#addedEnd) ? text.slice(0, -this.#addedEnd.length) : text;
  }

  #inOriginal({ start, end, text }: Splice): Splice {
    const lineEnd = this.#lineEndBefore(start);
    return {
      start: this.#originalOffset(start),
      end: this.#originalOffset(end),
      text: text.replaceAll("\n", lineEnd),
    };
  }

  #originalOffset(offset: number): number {
    return this.#mark.length + offset + countBelow(this.#crLf, offset);
  }

  /** How the line before a place ends, or where that is the first line, the line itself. */
  #lineEndBefore(offset: number): "\r\n" | "\n" {
    const before = offset === 0 ? -1 : this.read.lastIndexOf("\n", offset - 1);
    const feed = before === -1 ? this.read.indexOf("\n") : before;
    return this.#crLf[countBelow(this.#crLf, feed)] === feed ? "\r\n" : "\n";
  }
}

function lastLineEnd(text: string): string {
  return /\r?\n/.exec(text.slice(Math.max(0, text.lastIndexOf("\n") - 1)))?.[0] ?? "\n";
}

/** Where the lines end that end in one, counted without them. */
function carriageReturns(text: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf("\r\n"); at !== -1; at = text.indexOf("\r\n", at + 2)) found.push(at - found.length);
  return found;
}

/** How many of the sorted numbers are less than one. */
function countBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
