import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import { basicAuthorization, type Login } from "./basic-authorization.ts";
import type { TlsOptions } from "./cluster-agent.ts";
import { CommandError } from "./failure.ts";
import { proxyTrust } from "./proxy-trust.ts";

/** A proxy on the way to a server. */
export interface ForwardProxy {
  readonly protocol: "http" | "https" | "socks5";
  /** An address of IPv6 has no brackets. */
  readonly host: string;
  readonly port: number;
  /** Who asks it. */
  readonly login: Login | null;
}

export interface Destination {
  readonly host: string;
  readonly port: number;
}

const PROTOCOLS: Readonly<Record<string, Pick<ForwardProxy, "protocol" | "port">>> = {
  "http:": { protocol: "http", port: 80 },
  "https:": { protocol: "https", port: 443 },
  "socks5:": { protocol: "socks5", port: 1080 },
  "socks5h:": { protocol: "socks5", port: 1080 },
};

/** @throws CommandError `proxy_invalid` */
export function proxyOf(url: string): ForwardProxy {
  const { protocol = "", hostname = "", port = "", username = "", password = "" } = URL.parse(url) ?? {};
  const known = PROTOCOLS[protocol];
  if (known === undefined) throw new CommandError({ code: "proxy_invalid" });
  const common = { ...known, host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? known.port : Number(port) };
  if (username === "") return { ...common, login: null };
  try {
    return { ...common, login: { user: decodeURIComponent(username), password: decodeURIComponent(password) } };
  } catch (cause) {
    throw new CommandError({ code: "proxy_invalid" }, { cause });
  }
}

/**
 * Has a proxy connect to a server; it looks the name up. What is sent through the socket reaches the server.
 *
 * @param tls of the server, which goes for a proxy that speaks TLS itself, too
 * @throws an error with the operating system's code, or with `PROXY_REFUSED`
 */
export function openTunnel(proxy: ForwardProxy, destination: Destination, tls: TlsOptions): Promise<Socket> {
  return proxy.protocol === "socks5" ? throughSocks(proxy, destination) : throughHttp(proxy, destination, tls);
}

/** RFC 9110, 9.3.6: whatever the status, Node takes the answer to a CONNECT for the end of HTTP. */
function throughHttp(
  { protocol, login, ...proxy }: ForwardProxy,
  { host, port }: Destination,
  tls: TlsOptions,
): Promise<Socket> {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const credentials = login === null ? {} : { "proxy-authorization": basicAuthorization(login) };
  const headers = { host: authority, ...credentials };
  // The connection is handed over, and no agent's: Node's own may be told by the environment to go through a proxy, too.
  const options = { ...proxy, method: "CONNECT", path: authority, headers, agent: false } as const;
  return new Promise((resolve, reject) => {
    const request =
      protocol === "https" ? requestHttps({ ...options, ...proxyTrust(tls, proxy.host) }) : requestHttp(options);
    request
      .once("connect", ({ statusCode = 0 }, socket: Socket, head) => {
        if (statusCode < 200 || statusCode > 299) {
          socket.destroy();
          return reject(refused());
        }
        socket.unshift(head);
        resolve(socket);
      })
      .on("error", reject)
      .end();
  });
}

/** RFC 1928. */
async function throughSocks({ host, port, login }: ForwardProxy, destination: Destination): Promise<Socket> {
  const { SocksClient } = await import("socks");
  const credentials = login === null ? {} : { userId: login.user, password: login.password };
  try {
    const proxy = { host, port, type: 5, ...credentials } as const;
    return (await SocksClient.createConnection({ proxy, command: "connect", destination })).socket;
  } catch (cause) {
    throw refused(cause);
  }
}

/** What the operating system says is kept, which the library puts into its sentence; what the proxy says is one thing. */
function refused(cause?: unknown): Error {
  const { message = "" } = (cause ?? {}) as { message?: string };
  const [code = "PROXY_REFUSED"] = /\bE[A-Z]{4,}\b/.exec(message) ?? [];
  return Object.assign(new Error("", { cause }), { code });
}
