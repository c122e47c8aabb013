import { request as httpRequest, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { badRequest, notFound, serviceUnavailable } from "../api-error.ts";
import { asArray, asObject, asString, type Json } from "../json.ts";
import type { KubeObject } from "../kube-object.ts";
import type { Store } from "../store/store.ts";
import type { ApiRequest } from "./api-request.ts";
import type { PodAddresses } from "./pod-addresses.ts";
import type { Handled } from "./reply.ts";
import type { ResourcePath } from "./resource-path.ts";

/** Headers that belong to one connection, and the one that is for this server alone. */
const NOT_PASSED_ON = ["authorization", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/**
 * Passes requests for `services/[http:]NAME[:PORT]/proxy/...` on. Which Pod answers is read from the Service's Endpoints, as the real one
 * does.
 */
export class ServiceProxy {
  readonly #store: Store;
  readonly #pods: PodAddresses;

  constructor(store: Store, pods: PodAddresses) {
    this.#store = store;
    this.#pods = pods;
  }

  async handle(path: ResourcePath, request: ApiRequest, response: ServerResponse): Promise<Handled> {
    const namespace = path.namespace ?? "";
    const address = this.#addressOf(namespace, path.name ?? "");
    if (path.rest === "") return { status: 301, body: "", headers: { location: `${request.path}/${search(request)}` } };
    const port = this.#pods.portOf(address);
    if (port === undefined) throw unreachable(`dial tcp ${address}: connect: no route to host`);
    await this.#pass(port, path.rest, request, response);
    return null;
  }

  /** The address of a Pod behind a Service. Throws a 404 or 503 where there is none. */
  #addressOf(namespace: string, id: string): string {
    const { scheme, name, port } = parseId(id);
    if (scheme === "https") throw unreachable("tls: first record does not look like a TLS handshake");
    const service = this.#store.collection("services").get(namespace, name);
    const endpoints = this.#store.collection("endpoints").get(namespace, name);
    if (service === null) throw notFound({ group: "", kind: "services", name });
    const portName = /^\d+$/.test(port) ? portNameOf(service, Number(port)) : port;
    if (endpoints === null) throw notFound({ group: "", kind: "services", name });
    const subsets = asArray(endpoints["subsets"]).map(asObject);
    if (subsets.length === 0) throw serviceUnavailable(`no endpoints available for service "${name}"`);
    const subset = subsets.find(({ ports }) =>
      asArray(ports).some((item) => asString(asObject(item)["name"]) === portName),
    );
    const address = asString(asObject(firstOf(subset?.["addresses"]))["ip"]);
    if (address === "") throw serviceUnavailable(`no endpoints available for service "${id}"`);
    return address;
  }

  #pass(port: number, path: string, request: ApiRequest, response: ServerResponse): Promise<void> {
    return new Promise((resolve, reject) => {
      const { message, method } = request;
      const headers = forwardedHeaders(request);
      const upstream = httpRequest(
        { host: "127.0.0.1", port, method, path: path + search(request), headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
          answer.pipe(response).on("close", resolve);
          answer.on("error", () => response.destroy());
        },
      );
      upstream.on("error", (error) => {
        if (response.headersSent) response.destroy();
        reject(unreachable(error.message));
      });
      response.on("close", () => upstream.destroy());
      message.pipe(upstream);
    });
  }
}

function search({ message }: ApiRequest): string {
  const at = message.url?.indexOf("?") ?? -1;
  return at < 0 ? "" : (message.url ?? "").slice(at);
}

/** `http:NAME:PORT`, `NAME:PORT` or `NAME`; the port by name or number, and empty for the one without a name. */
function parseId(id: string): { scheme: string; name: string; port: string } {
  const parts = id.split(":");
  const [scheme = "", name = "", port = ""] = parts.length === 3 ? parts : ["", ...parts];
  if (!["", "http", "https"].includes(scheme) || name === "" || parts.length > 3) {
    throw badRequest(`invalid service request "${id}"`);
  }
  return { scheme, name, port };
}

function portNameOf(service: KubeObject, number: number): string {
  const ports = asArray(asObject(service["spec"])["ports"]).map(asObject);
  const port = ports.find((candidate) => candidate["port"] === number);
  if (port !== undefined) return asString(port["name"]);
  throw serviceUnavailable(`no service port ${number} found for service "${service.metadata.name}"`);
}

function firstOf(list: Json | undefined): Json {
  return asArray(list)[0] ?? null;
}

function forwardedHeaders(request: ApiRequest): IncomingHttpHeaders {
  const before = request.header("x-forwarded-for");
  const client = request.message.socket.remoteAddress ?? "127.0.0.1";
  return {
    ...passedOn(request.message.headers),
    "x-forwarded-for": before === undefined ? client : `${before}, ${client}`,
    "x-forwarded-uri": request.path,
  };
}

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.includes(name)));
}

function unreachable(why: string): Error {
  return serviceUnavailable(`error trying to reach service: ${why}`);
}
