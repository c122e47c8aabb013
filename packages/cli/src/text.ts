/** Text, or the encoding that it has instead of UTF-8. */
export type DecodedText = { readonly text: string } | { readonly encoding: "utf-16" | "unknown" };

/** Decodes UTF-8, with or without a byte order mark. Anything else is told, never guessed at or patched. */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (isUtf16(bytes)) return { encoding: "utf-16" };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { encoding: "unknown" };
  }
}

/** By its byte order mark, as PowerShell writes it, or a first character of ASCII with its zero byte. */
export function isUtf16([first, second]: Uint8Array): boolean {
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (first === 0) !== (second === 0) && first !== undefined && second !== undefined;
}
