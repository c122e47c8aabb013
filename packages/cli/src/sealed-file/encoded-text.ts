/** How a text is kept in a file. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be";

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
  if (encoding === "utf-8") return Buffer.from(text, "utf-8");
  const bytes = Buffer.from(text, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

/** By the byte order mark, or by a first character of ASCII with its zero byte. */
function encodingOf([first, second]: Uint8Array): TextEncoding {
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)) return "utf-16be";
  return "utf-8";
}
