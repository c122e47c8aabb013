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

/** So much of what is refused is read all the same. */
const MOST_DRAINED = 32 * 1024 * 1024;
const LONGEST_DRAIN = 5_000;
const LONGEST_PAUSE = 500;

/**
 * Reads on and forgets what it reads, until the body ends or it is more, or takes longer, than anybody means well: whoever still writes
 * when the connection is closed may never see the answer.
 */
export function drain(request: IncomingMessage): Promise<void> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (request.complete || request.destroyed || declared > MOST_DRAINED) return Promise.resolve();
  return new Promise((resolve) => {
    let length = 0;
    const enough = () => {
      clearTimeout(late);
      clearTimeout(pause);
      request.pause().off("data", count).off("close", enough).off("end", enough);
      resolve();
    };
    const late = setTimeout(enough, LONGEST_DRAIN);
    const pause = setTimeout(enough, LONGEST_PAUSE);
    const count = (chunk: Buffer) => {
      length += chunk.length;
      pause.refresh();
      if (length > MOST_DRAINED) enough();
    };
    request.on("data", count).once("end", enough).once("close", enough);
  });
}
