import type { IncomingMessage } from "node:http";

/** The body of a request as text, or why it is refused. */
export type RequestBody = { readonly text: string } | { readonly refused: "too_large" | "not_utf8" | "aborted" };

/** Reads a body of at most so many bytes; of a longer one, no more than that is kept. */
export async function readBody(request: IncomingMessage, limit: number): Promise<RequestBody> {
  if (Number(request.headers["content-length"] ?? 0) > limit) return { refused: "too_large" };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) return { refused: "too_large" };
      chunks.push(chunk);
    }
  } catch {
    return { refused: "aborted" };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { refused: "not_utf8" };
  }
}
