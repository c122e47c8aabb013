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
  "huge",
  "not-kubernetes",
  "not-a-certificate",
  "expired",
] as const;
export type Mood = (typeof MOODS)[number];

export interface DoubleOptions {
  readonly mood: Mood;
  readonly certificates: Readonly<Record<string, string>>;
  /** Where it is given, it serves TLS with the good certificate, which nobody trusts. */
  readonly privateKey?: string;
  /** Told of a request that will get no answer. */
  readonly onSilence?: () => void;
}

export interface ApiServerDouble {
  readonly origin: string;
  stop(): Promise<void>;
}

/** The one token that it accepts. */
export const TOKEN = "a-bearer-token";
const SERVICES = "/api/v1/namespaces/kube-system/services";
const FILES = "/files/";
const NAME = "sealed-secrets-controller";

/** The two endpoints of an API server that the certificate comes through, and beside them `/files/NAME`, any certificate. */
export async function startDouble(options: DoubleOptions): Promise<ApiServerDouble> {
  const listen = (request: IncomingMessage, response: ServerResponse) => respond(request, response, options);
  const { privateKey: key, certificates } = options;
  const server: Server =
    key === undefined ? createServer(listen) : createTlsServer({ key, cert: certificates["cert.pem"] }, listen);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${key === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** Null is no answer at all. */
type Answer = readonly [status: number, body?: string | undefined, headers?: OutgoingHttpHeaders] | null;

function respond(request: IncomingMessage, response: ServerResponse, options: DoubleOptions): void {
  const answer = answerTo(request, options);
  if (answer === null) {
    options.onSilence?.();
    return;
  }
  const [status, body, headers] = answer;
  response.writeHead(status, headers).end(body);
}

function answerTo({ url = "", headers }: IncomingMessage, { mood, certificates }: DoubleOptions): Answer {
  if (mood === "silent") return null;
  if (mood === "huge") return [200, "x".repeat(2 * 1024 * 1024)];
  if (mood === "not-kubernetes") return [200, "<html>Log in to the hotel's network</html>"];
  if (url.startsWith(FILES)) return answerFile(url.slice(FILES.length).replace(/\?.*$/, ""), headers, certificates);
  if (headers.authorization !== `Bearer ${TOKEN}`) return [401];
  const port = mood === "named-port" ? "http" : "";
  if (url === `${SERVICES}/${NAME}`) return answerService(mood);
  if (url === `${SERVICES}/http:${NAME}:${port}/proxy/v1/cert.pem`) return answerProxy(mood, certificates);
  return [404];
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
