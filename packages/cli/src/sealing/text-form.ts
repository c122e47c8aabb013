import type { Io } from "../io.ts";
import { BYTE_ORDER_MARK, encodeText, encodingOf, fromTellingPiece, type TextEncoding } from "../text.ts";

/** How a file keeps its text. */
export interface TextForm {
  readonly encoding: TextEncoding;
  readonly hasMark: boolean;
}

const PLAIN: TextForm = { encoding: "utf-8", hasMark: false };

/** By the first bytes of a file. */
export async function textFormOf(path: string, io: Io): Promise<TextForm> {
  for await (const chunk of fromTellingPiece(io.files.chunks(path))) {
    const encoding = encodingOf(chunk);
    const mark = encodeText(BYTE_ORDER_MARK, encoding);
    return { encoding, hasMark: Buffer.from(chunk.subarray(0, mark.length)).equals(mark) };
  }
  return PLAIN;
}

/** Writes a text piece by piece in that form; null is UTF-8 without a mark. */
export function writerIn(
  form: TextForm | null,
  write: (bytes: Uint8Array | string) => Promise<void>,
): (text: string) => Promise<void> {
  const { encoding, hasMark } = form ?? PLAIN;
  let head = hasMark ? BYTE_ORDER_MARK : "";
  return (text) => {
    const piece = head + text;
    head = "";
    return write(encoding === "utf-8" ? piece : encodeText(piece, encoding));
  };
}
