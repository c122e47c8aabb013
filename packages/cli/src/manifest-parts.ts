import { type ManifestDocument, ManifestSyntaxError, readManifests } from "@sealwright/core/kubernetes-yaml";
import { CommandError } from "./failure.ts";
import { nextTurn } from "./next-turn.ts";
import { encodingOf, fromTellingPiece } from "./text.ts";

/** What stands between two lines that start with `---`. */
export interface Part {
  /** The line before it, with its line end; empty at the start of a text. */
  readonly separator: string;
  /** To the character as it stands in the text. */
  readonly text: string;
  /** Of the separator, or of the text where there is none; from 1. */
  readonly line: number;
}

/** A part with the documents in it: mostly one; a stream of JSON objects is one part. */
export interface ReadPart extends Part {
  readonly documents: readonly ManifestDocument[];
  /** Whether the source holds other documents. */
  readonly amongOthers: boolean;
}

/**
 * Splits a text where it stands, as it comes in: no more than a part or two is ever held. A byte order mark is left out, and so are parts
 * that are blank or hold comments alone.
 *
 * @param source for a message
 * @throws CommandError `manifest_encoding`
 */
export async function* splitParts(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<Part> {
  for await (const part of split(chunks, { source, isWhole: false })) if (!isBlank(part)) yield part;
}

/**
 * The same with everything: separators and texts one after the other are the text again, to the character, with its byte order mark and
 * with parts that are blank.
 *
 * @throws CommandError `manifest_encoding`
 */
export function splitWhole(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<Part> {
  return split(chunks, { source, isWhole: true });
}

async function* split(
  chunks: AsyncIterable<Uint8Array>,
  { source, isWhole }: { readonly source: string; readonly isWhole: boolean },
): AsyncGenerator<Part> {
  const splitter = new Splitter();
  for await (const text of decode(chunks, { source, isWhole })) yield* splitter.push(text);
  yield* splitter.end();
}

/** The parts of a text, read. @throws CommandError `manifest_encoding`, `manifest_syntax` */
export async function* readParts(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<ReadPart> {
  let before = 0;
  let held: Part | null = null;
  const read = (part: Part, isLast: boolean): ReadPart => {
    const documents = readPart(part, before, source);
    const amongOthers = before > 0 || documents.length > 1 || !isLast;
    before += documents.length;
    return { ...part, documents, amongOthers };
  };
  for await (const part of splitParts(chunks, source)) {
    if (held !== null) yield read(held, false);
    held = part;
  }
  if (held !== null) yield read(held, true);
}

/** A text that is at hand already. Between two pieces, signals are heard: whoever works on one may not wait for anything. */
export async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE) {
    if (start > 0) await nextTurn();
    yield bytes.subarray(start, start + PIECE);
  }
}

/**
 * The documents of one part.
 *
 * @param before how many documents of the source stand before it
 * @throws CommandError `manifest_syntax`
 */
export function readPart(part: Part, before: number, source: string): readonly ManifestDocument[] {
  const lineShift = part.line - 1;
  try {
    return readManifests(part.separator + part.text).map(({ index, line, value }) => {
      return { index: index + before, line: line + lineShift, value };
    });
  } catch (error) {
    if (!(error instanceof ManifestSyntaxError)) throw error;
    const { code, document, line, column } = error;
    const placed = new ManifestSyntaxError(code, { document: document + before, line: line + lineShift, column });
    throw new CommandError({ code: "manifest_syntax", source, error: placed }, { cause: error });
  }
}

/** Bytes. */
const PIECE = 64 * 1024;

const SEPARATOR = "---";

class Splitter {
  /** Starts at the part that is not yet at its end. */
  #text = "";
  /** Up to where there is certainly no separator. */
  #searched = 0;
  #separator = "";
  #line = 1;

  *push(text: string): Generator<Part> {
    this.#text += text;
    for (;;) {
      const start = this.#nextSeparator();
      const feed = start === -1 ? -1 : this.#text.indexOf("\n", start);
      if (feed === -1) return;
      yield* this.#cut(start, feed + 1);
    }
  }

  *end(): Generator<Part> {
    const start = this.#nextSeparator();
    if (start !== -1) yield* this.#cut(start, this.#text.length);
    yield* this.#cut(this.#text.length, this.#text.length);
  }

  #nextSeparator(): number {
    if (this.#text.startsWith(SEPARATOR)) return 0;
    const feed = this.#text.indexOf(`\n${SEPARATOR}`, this.#searched);
    if (feed === -1) this.#searched = Math.max(0, this.#text.length - SEPARATOR.length);
    return feed === -1 ? -1 : feed + 1;
  }

  /** Yields what stands before a separator, and goes on behind that. */
  *#cut(start: number, end: number): Generator<Part> {
    const part = { separator: this.#separator, text: this.#text.slice(0, start), line: this.#line };
    yield part;
    this.#line += linesIn(part.separator) + linesIn(part.text);
    this.#separator = this.#text.slice(start, end);
    this.#text = this.#text.slice(end);
    this.#searched = 0;
  }
}

/** Without a document: then a separator that is none is of no interest either. */
export function isBlank({ text }: Part): boolean {
  return !/^[ \t]*[^#\s]/m.test(text);
}

function linesIn(text: string): number {
  let lines = 0;
  for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", feed + 1)) lines += 1;
  return lines;
}

type Decoder = InstanceType<typeof TextDecoder>;

async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  { source, isWhole }: { readonly source: string; readonly isWhole: boolean },
): AsyncGenerator<string> {
  let decoder: Decoder | null = null;
  for await (const chunk of fromTellingPiece(chunks)) {
    const known: Decoder = decoder ?? new TextDecoder(encodingOf(chunk), { fatal: true, ignoreBOM: isWhole });
    decoder = known;
    yield decoded(() => known.decode(chunk, { stream: true }));
  }
  yield decoded(() => decoder?.decode() ?? "");

  function decoded(action: () => string): string {
    try {
      return action();
    } catch {
      throw new CommandError({ code: "manifest_encoding", source });
    }
  }
}
