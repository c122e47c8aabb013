import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  type Certificate,
  type KeyRing,
  readCertificate,
  readSealedSecret,
  type SealedSecret,
  seal,
  unseal,
} from "@sealwright/core";
import type { ServerCertificate } from "./server-certificate.ts";

/** What the double does when it is asked. */
export const MOODS = [
  "ready",
  "named-port",
  "forbidden",
  "forbidden-proxy",
  "no-service",
  "no-endpoints",
  "no-endpoints-object",
  "no-such-path",
  "silent",
  "hangs-up",
  "huge",
  "not-kubernetes",
  "not-a-certificate",
  "expired",
  "busy",
  "another-answer",
  "no-answer",
] as const;
export type Mood = (typeof MOODS)[number];

export interface DoubleOptions {
  readonly mood: Mood;
  readonly certificates: Readonly<Record<string, string>>;
  /** What the controller behind it opens. */
  readonly ring: KeyRing;
  /** What it answers beside: the body, by `METHOD PATH`; one that begins with a number and a space has that status. */
  readonly served?: ReadonlyMap<string, string>;
  /** Told of every request. */
  readonly onRequest?: (line: string) => void;
  /** Where it is given, it serves TLS with this, which nobody trusts. */
  readonly tls?: ServerCertificate;
  /** Told of a request that will get no answer. */
  readonly onSilence?: () => void;
}

export interface ApiServerDouble {
  readonly origin: string;
  stop(): Promise<void>;
}

/** The requests that carry any of these show it. */
const SHOWN_HEADERS = ["impersonate-user", "impersonate-uid", "impersonate-group", "impersonate-extra-team"];

/** The one token that it accepts. */
export const TOKEN = "a-bearer-token";
/** And the one password, of `user`. */
export const PASSWORD = "a-password";
const CREDENTIALS = [`Bearer ${TOKEN}`, `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`];
const SERVICES = "/api/v1/namespaces/kube-system/services";
const FILES = "/files/";
const NAME = "sealed-secrets-controller";

/** Of an API server, the Service and the controller behind its proxy; and beside them `/files/NAME`, any certificate. */
export async function startDouble(options: DoubleOptions): Promise<ApiServerDouble> {
  const state: State = { asked: 0 };
  const listen = (request: IncomingMessage, response: ServerResponse) => respond(request, response, options, state);
  const { tls } = options;
  const server: Server = tls === undefined ? createServer(listen) : createTlsServer(tls, listen);
  // It is no proxy.
  server.on("connect", (_request, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Null is no answer at all. */
type Answer = readonly [status: number, body?: string | undefined, headers?: OutgoingHttpHeaders] | null;

interface State {
  /** How often the controller was. */
  asked: number;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: DoubleOptions,
  state: State,
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const shown = SHOWN_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [`${name}=${headers[name]}`]));
  options.onRequest?.([method, url, ...shown].join(" "));
  if (options.mood === "hangs-up") return void request.socket.destroy();
  const answer = await answerTo(request, options, state);
  if (answer === null) {
    options.onSilence?.();
    return;
  }
  const [status, body, responseHeaders] = answer;
  response.writeHead(status, responseHeaders).end(body);
}

async function answerTo(request: IncomingMessage, options: DoubleOptions, state: State): Promise<Answer> {
  const { url = "", headers } = request;
  const { mood, certificates } = options;
  if (mood === "silent") return null;
  if (mood === "huge") return [200, "x".repeat(2 * 1024 * 1024)];
  if (mood === "not-kubernetes") return [200, "<html>Log in to the hotel's network</html>"];
  const served = options.served?.get(`${request.method} ${url}`);
  if (url.startsWith(FILES)) {
    if (served !== undefined) return answerServed(served);
    return answerFile(url.slice(FILES.length).replace(/\?.*$/, ""), headers, certificates);
  }
  if (!CREDENTIALS.includes(headers.authorization ?? "")) return [401];
  if (served !== undefined) return answerServed(served);
  const port = mood === "named-port" ? "http" : "";
  if (url === `${SERVICES}/${NAME}`) return answerService(mood);
  const proxy = `${SERVICES}/http:${NAME}:${port}/proxy`;
  if (!url.startsWith(proxy)) return [404];
  state.asked += 1;
  if (mood === "busy" && state.asked <= 2) return [429, "slow down", { "retry-after": "3" }];
  if (url === `${proxy}/v1/cert.pem`) return answerProxy(mood, certificates);
  const refusal = answerProxy(mood, certificates);
  if (refusal?.[0] !== 200) return refusal;
  const body = await text(request);
  return url === `${proxy}/v1/verify` ? answerVerify(body, options) : answerRotate(body, options);
}

function answerServed(text: string): Answer {
  const [, status, body] = /^(\d{3})\s([\s\S]*)$/.exec(text) ?? [];
  return status === undefined ? [200, text] : [Number(status), body];
}

/** Without the template's own items, which no controller may look at here. */
function open(body: string, ring: KeyRing): ReturnType<typeof unseal> {
  const { spec, ...rest } = readSealedSecret(JSON.parse(body));
  return unseal({ ...rest, spec: { ...spec, template: { ...spec.template, data: {} } } }, ring);
}

/** As the Go controller: 409 where it cannot be opened, an empty 200 where it can. */
async function answerVerify(body: string, { ring }: DoubleOptions): Promise<Answer> {
  try {
    await open(body, ring);
    return [200, ""];
  } catch {
    return [409, ""];
  }
}

/** As the Go controller, which keeps nothing of the object but its items, name, namespace and scope, not even its kind; `text/plain`, and a 500 on failure. */
async function answerRotate(body: string, { mood, ring, certificates }: DoubleOptions): Promise<Answer> {
  if (mood === "no-answer") return [200, "done"];
  try {
    const { secret } = await open(body, ring);
    const certificate: Certificate = await readCertificate(certificates["cert.pem"] ?? "");
    const sealed: SealedSecret = await seal(secret, { certificate });
    const metadata = mood === "another-answer" ? { ...sealed.metadata, namespace: "elsewhere" } : sealed.metadata;
    return [200, JSON.stringify({ metadata, spec: sealed.spec }), { "content-type": "text/plain" }];
  } catch {
    return [500, ""];
  }
}

type Certificates = DoubleOptions["certificates"];

function answerFile(name: string, headers: IncomingHttpHeaders, certificates: Certificates): Answer {
  if (name === "redirect") return [302, "", { location: `${FILES}cert.pem` }];
  if (name === "private") {
    const wanted = `Basic ${Buffer.from("user:pass word").toString("base64")}`;
    return headers.authorization === wanted ? [200, certificates["cert.pem"]] : [401];
  }
  const certificate = certificates[name];
  return certificate === undefined ? [404] : [200, certificate];
}

function answerService(mood: Mood): Answer {
  if (mood === "forbidden") return [403];
  if (mood === "no-service") return [404];
  return [
    200,
    JSON.stringify({ spec: { ports: [mood === "named-port" ? { name: "http", port: 80 } : { port: 8080 }] } }),
  ];
}

function answerProxy(mood: Mood, certificates: Certificates): Answer {
  switch (mood) {
    case "forbidden-proxy":
      return [403];
    case "no-endpoints":
      return [503];
    case "no-endpoints-object":
      return [404, JSON.stringify({ kind: "Status", reason: "NotFound" })];
    case "no-such-path":
      return [404, "404 page not found"];
    case "not-a-certificate":
      return [200, "404 page not found"];
    case "expired":
      return [200, certificates["expired.pem"]];
    default:
      return [200, certificates["cert.pem"]];
  }
}
