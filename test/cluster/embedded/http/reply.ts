import type { ServerResponse } from "node:http";
import type { JsonObject } from "../json.ts";
import { type Representation, serialize } from "../output/representation.ts";

/** An answer that is known whole. */
export interface Reply {
  readonly status: number;
  /** An object to serialise, or text as it is. */
  readonly body: JsonObject | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the client should know although it went well. */
  readonly warnings?: readonly string[];
}

/** Null where the handler has taken the response over. */
export type Handled = Reply | null;

export function sendReply(response: ServerResponse, reply: Reply, mediaType: Representation["mediaType"]): void {
  if (response.headersSent || response.destroyed) return;
  const text = typeof reply.body === "string" ? reply.body : serialize(reply.body, mediaType);
  const plain = typeof reply.body === "string" ? "text/plain; charset=utf-8" : mediaType;
  if (reply.warnings?.length) response.setHeader("warning", reply.warnings.map(renderWarning));
  response.writeHead(reply.status, {
    "content-type": reply.contentType ?? plain,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-cache, private",
    ...reply.headers,
  });
  response.end(text);
}

/** Headers are Latin-1 at best, and warnings quote what clients have sent. */
function renderWarning(text: string): string {
  const ascii = JSON.stringify(text).replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `299 - ${ascii}`;
}
