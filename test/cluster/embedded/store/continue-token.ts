import { badRequest } from "../api-error.ts";
import { asObject, asString, type Json } from "../json.ts";

/** Where a list goes on: after which key, in the state of which revision. */
export interface ContinueToken {
  /** Null: whatever is there now. */
  readonly revision: number | null;
  /** `namespace/name` of the last object that was delivered. */
  readonly after: string;
}

export function writeContinueToken({ revision, after }: ContinueToken): string {
  const token = { v: "meta.k8s.io/v1", rv: revision ?? -1, start: `/${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

export function readContinueToken(text: string): ContinueToken {
  const { rv, start } = asObject(parse(text));
  const key = asString(start);
  if (typeof rv !== "number" || !key.startsWith("/")) {
    throw badRequest("invalid continue token: continue key is not valid");
  }
  return { revision: rv < 0 ? null : rv, after: key.slice(1).replace(/\0$/, "") };
}

function parse(text: string): Json {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString()) as Json;
  } catch {
    return null;
  }
}
