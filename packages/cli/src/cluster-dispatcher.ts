import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { SocksProxy } from "socks";
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from "undici";
import { CommandError } from "./failure.ts";
import { proxyTrust } from "./proxy-trust.ts";

/** The client's certificate, whom to trust and which name to expect; empty where nothing of it is said. */
export type TlsOptions = Pick<
  ConnectionOptions,
  "ca" | "cert" | "key" | "pfx" | "passphrase" | "rejectUnauthorized" | "servername"
>;

/** How to get to an API server. */
export interface Way {
  /** The proxy's URL; undefined where there is none. */
  readonly proxy: string | undefined;
  readonly tls: TlsOptions;
}

/** Milliseconds without traffic, after which a connection is looked after: what stands in between forgets it after a minute. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/** Over HTTP/2 undici makes one header of many, and of several groups to act as one that nobody is in. */
const HTTP1 = { allowH2: false };

const SOCKS = /^socks5h?:$/;

/** @throws CommandError `proxy_invalid` */
export function dispatcherFor({ proxy, tls }: Way): Dispatcher {
  const connect = connectorFor(tls);
  if (proxy === undefined) return new Agent({ connect });
  const url = URL.parse(proxy);
  if (url !== null && SOCKS.test(url.protocol)) return new Agent({ connect: throughSocks(socksProxy(url), connect) });
  if (url === null || !/^https?:$/.test(url.protocol)) throw new CommandError({ code: "proxy_invalid" });
  const proxyTls = { ...KEEP_ALIVE, ...proxyTrust(tls) };
  return new ProxyAgent({ uri: proxy, requestTls: { ...tls, ...HTTP1 }, proxyTls, ...HTTP1 });
}

/** The name that is expected is the one that was asked for, whatever the URL says: undici would take the URL's. */
function connectorFor(tls: TlsOptions): buildConnector.connector {
  const connector = buildConnector({ ...KEEP_ALIVE, ...tls, ...HTTP1 });
  const { servername } = tls;
  return servername === undefined ? connector : (options, callback) => connector({ ...options, servername }, callback);
}

/** RFC 1928: the proxy looks names up. */
function throughSocks(proxy: SocksProxy, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    tunnel(proxy, options).then(
      (socket) => {
        if (options.protocol === "https:") connect({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (cause: unknown) => callback(refusal(cause), null),
    );
  };
}

async function tunnel(proxy: SocksProxy, { hostname, port, protocol }: buildConnector.Options): Promise<Socket> {
  const { SocksClient } = await import("socks");
  const destination = { host: bare(hostname), port: Number(port || (protocol === "https:" ? 443 : 80)) };
  const { socket } = await SocksClient.createConnection({ proxy, command: "connect", destination });
  return socket;
}

/** @throws CommandError `proxy_invalid` */
function socksProxy({ hostname, port, username, password }: URL): SocksProxy {
  const proxy = { host: bare(hostname), port: Number(port || 1080), type: 5 } as const;
  if (username === "") return proxy;
  try {
    return { ...proxy, userId: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    throw new CommandError({ code: "proxy_invalid" }, { cause });
  }
}

/** An address of IPv6 without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** What the operating system says is kept, which the library puts into its sentence; what the proxy says is one thing. */
function refusal(cause: unknown): Error {
  const { message = "" } = (cause ?? {}) as { message?: string };
  const [code = "PROXY_REFUSED"] = /\bE[A-Z]{4,}\b/.exec(message) ?? [];
  return Object.assign(new Error("", { cause }), { code });
}
