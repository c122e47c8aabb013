import { encodeText, encodingOf, type TextEncoding } from "../text.ts";

/** A file's text, from which the same bytes can be made again: a byte order mark is a character of it. */
export interface EncodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

/** Null where the bytes are no text: half a character, or another encoding. */
export function readEncoded(bytes: Uint8Array): EncodedText | null {
  const encoding = encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes), encoding };
  } catch {
    return null;
  }
}

export function writeEncoded({ text, encoding }: EncodedText): Uint8Array {
  return encodeText(text, encoding);
}
