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

/** By the first bytes: a byte order mark, as PowerShell writes it, or a first character of ASCII with its zero byte. */
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
