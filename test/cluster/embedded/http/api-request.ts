import type { IncomingMessage } from "node:http";
import { parse as parseYaml } from "yaml";
import { badRequest, tooLarge, unsupportedMediaType } from "../api-error.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { negotiate, type View } from "../output/representation.ts";
import { decodeProtobuf, ProtobufError } from "../schema/decode-protobuf.ts";
import type { User } from "./authentication.ts";

/** As the real one: three times what etcd takes. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

const YAML = "application/yaml";
const PROTOBUF = "application/vnd.kubernetes.protobuf";
const BODY_TYPES = ["application/json", YAML, PROTOBUF];

/** One request, read as far as every handler needs it. */
export class ApiRequest {
  readonly message: IncomingMessage;
  readonly user: User;
  /** Upper case. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;

  constructor(message: IncomingMessage, user: User) {
    const { pathname, searchParams } = new URL(message.url ?? "/", "https://localhost");
    this.message = message;
    this.user = user;
    this.method = message.method ?? "GET";
    this.path = pathname;
    this.query = searchParams;
  }

  header(name: string): string | undefined {
    const value = this.message.headers[name];
    return Array.isArray(value) ? value.join(",") : value;
  }

  get userAgent(): string {
    return this.header("user-agent") ?? "";
  }

  /** How the answer is to look. Throws a 406 for what cannot be made. */
  get view(): View {
    const rows = this.query.get("includeObject");
    const { shape } = negotiate(this.header("accept"));
    return { shape, rows: rows === "None" || rows === "Object" ? rows : "Metadata" };
  }

  /** The body's media type, without parameters; empty where none is said. */
  get contentType(): string {
    return this.header("content-type")?.split(";")[0]?.trim() ?? "";
  }

  /** The body as text. Throws a 413 where it is too long. */
  async text(): Promise<string> {
    return (await this.#bytes()).toString();
  }

  /** The body as an object. Throws a 400 or a 415 where it is none; `kind` is what errors say it should have been. */
  async object(kind: string): Promise<JsonObject> {
    const { contentType } = this;
    if (contentType !== "" && !BODY_TYPES.includes(contentType)) throw unsupportedMediaType(BODY_TYPES);
    const value = parse(await this.#bytes(), contentType, kind);
    if (!isJsonObject(value)) throw unrecognized(kind, "json parse error: not an object");
    return value;
  }

  /** The body as an object, or an empty one where there is no body. */
  async optionalObject(kind: string): Promise<JsonObject> {
    const { "content-length": length, "transfer-encoding": encoding } = this.message.headers;
    return (length === undefined || length === "0") && encoding === undefined ? {} : this.object(kind);
  }

  async #bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    // A request that is refused in the middle of its body must still get its answer.
    for await (const chunk of this.message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw tooLarge(`Request entity too large: limit is ${MAX_BODY_BYTES}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}

function parse(body: Buffer, contentType: string, kind: string): unknown {
  try {
    if (contentType === PROTOBUF) return decodeProtobuf(body);
    return contentType === YAML ? parseYaml(body.toString()) : (JSON.parse(body.toString()) as unknown);
  } catch (error) {
    if (error instanceof ProtobufError) throw unrecognized(kind, error.message);
    throw unrecognized(kind, `json parse error: ${(error as Error).message}`);
  }
}

function unrecognized(kind: string, why: string): Error {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why}`);
}
