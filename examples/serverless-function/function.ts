/**
 * Tells what is wrong with a SealedSecret, without any key: `POST` it as YAML or JSON, and the answer is JSON. For a bot that looks at pull
 * requests, say. Only standard interfaces, so that it runs wherever functions have the shape `{ fetch(request) }`.
 */
import {
  describeFinding,
  type ItemFinding,
  inspect,
  type ObjectFinding,
  type Problem,
  readSealedSecret,
  SealwrightError,
  severityOf,
} from "@sealwright/core";
import { ManifestSyntaxError, type ManifestSyntaxErrorCode, readManifests } from "@sealwright/core/kubernetes-yaml";

/** Bytes. An API server takes no object of more than 1.5 MiB. */
const MAX_BODY = 1_500_000;

/** All that can go wrong. A caller switches on the code; the message is for people and may change. */
export type ErrorCode =
  | "method_not_allowed"
  | "body_too_large"
  | "not_utf8"
  | "not_one_document"
  | ManifestSyntaxErrorCode
  | Problem["code"];

/** What is answered with the status 200. */
export interface Report {
  /** False where it cannot open wherever it is applied; true is no promise that it does. */
  readonly plausible: boolean;
  readonly findings: readonly Finding[];
}

export interface Finding {
  /** Absent where it is about the object as a whole. */
  readonly item?: string;
  readonly severity: "error" | "warning";
  readonly code: (ObjectFinding | ItemFinding)["code"];
  readonly message: string;
}

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      if (request.method !== "POST") throw new Refusal(405, "method_not_allowed", "POST a SealedSecret");
      const documents = readManifests(await bodyOf(request));
      const [document] = documents;
      if (document === undefined || documents.length > 1) {
        throw new Refusal(400, "not_one_document", `expected one document, found ${documents.length}`);
      }
      return answer(200, await report(document.value));
    } catch (error) {
      return refuse(error);
    }
  },
};

async function report(manifest: unknown): Promise<Report> {
  const { object, items } = await inspect(readSealedSecret(manifest));
  const findings = [
    ...object.map((finding) => describe(finding)),
    ...[...items].flatMap(([item, all]) => all.map((finding) => ({ item, ...describe(finding) }))),
  ];
  return { plausible: findings.every(({ severity }) => severity === "warning"), findings };
}

function describe(finding: ObjectFinding | ItemFinding): Finding {
  return { severity: severityOf(finding), code: finding.code, message: describeFinding(finding) };
}

/** Stops reading where the limit is passed, whatever Content-Length says. */
async function bodyOf(request: Request): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new Refusal(400, "not_utf8", "the body is not UTF-8");
    }
  };
  let text = "";
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Refusal(413, "body_too_large", `no more than ${MAX_BODY} bytes are read`);
    text += decode(chunk);
  }
  return text + decode();
}

class Refusal extends Error {
  readonly status: number;
  readonly code: ErrorCode;

  constructor(status: number, code: ErrorCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function refuse(error: unknown): Response {
  if (error instanceof Refusal) return answer(error.status, { code: error.code, message: error.message });
  if (error instanceof ManifestSyntaxError) return answer(400, { code: error.code, message: error.message });
  if (error instanceof SealwrightError) return answer(422, { code: error.problem.code, message: error.message });
  // A fault of this function, not of who called it: whoever runs it shall see it.
  throw error;
}

function answer(status: number, body: Report | { readonly code: ErrorCode; readonly message: string }): Response {
  const headers = { "cache-control": "no-store", ...(status === 405 ? { allow: "POST" } : {}) };
  return Response.json(body, { status, headers });
}
