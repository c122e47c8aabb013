/** How a text is kept in a file. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be";

export const BYTE_ORDER_MARK = "\ufeff";

/** The text without its byte order mark; null where the bytes are none: half a character, or another encoding. Nothing is patched. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * By the first bytes: a byte order mark, as PowerShell writes it, or a first character of ASCII with its zero byte.
 *
 * Without a mark that is a guess, and a wrong one harms nothing. No manifest, key or certificate in UTF-8 has a zero byte, which YAML and
 * PEM refuse. Text in UTF-16 that starts beyond Latin-1 is taken for UTF-8 (or for the other order, after U+3000), and what is read then
 * is no manifest: it is an error, or passed over as any other file. What is written into a file has the encoding that it was read in, and
 * reading is strict, so that nothing but what was to change does.
 */
export function encodingOf([first, second]: Uint8Array): TextEncoding {
  if ((first === 0xff && second === 0xfe) || (second === 0 && first !== 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)) return "utf-16be";
  return "utf-8";
}

/** The bytes of a text in an encoding; a byte order mark is a character of it. */
export function encodeText(text: string, encoding: TextEncoding): Uint8Array {
  if (encoding === "utf-8") return Buffer.from(text, "utf-8");
  const bytes = Buffer.from(text, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

/** How many bytes tell an encoding. */
const TELLING = 2;

/** The same bytes, of which the first piece has enough to tell the encoding: a pipe may come byte by byte. */
export async function* fromTellingPiece(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | null = new Uint8Array();
  for await (const piece of pieces) {
    if (held === null) {
      yield piece;
      continue;
    }
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    if (held.length < TELLING) continue;
    yield held;
    held = null;
  }
  if (held !== null && held.length > 0) yield held;
}
