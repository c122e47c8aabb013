import { Agent, type ClientRequestArgs } from "node:http";
import { Agent as TlsAgent } from "node:https";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";
import { type ForwardProxy, openTunnel, proxyOf } from "./proxy-tunnel.ts";

/** The client's certificate, whom to trust and which name to expect; empty where nothing of it is said. */
export type TlsOptions = Pick<ConnectionOptions, "ca" | "cert" | "key" | "rejectUnauthorized" | "servername">;

/** How to get to an API server. */
export interface Way {
  readonly server: URL;
  /** The proxy's URL; null where there is none. */
  readonly proxy: string | null;
  readonly tls: TlsOptions;
}

/** Milliseconds without traffic, after which a connection is looked after: what stands in between forgets it after a minute. */
const KEEP_ALIVE = 30_000;

/**
 * Connections to an API server, which are kept for what is asked next. They speak HTTP/1.1: HTTP/2 has one header where there are many,
 * and makes of several groups to act as one that nobody is in.
 *
 * @throws CommandError `proxy_invalid`
 */
export function agentFor({ server, proxy, tls }: Way): Agent {
  const isSecure = server.protocol === "https:";
  const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE, ...tls };
  const agent = isSecure ? new TlsAgent(options) : new Agent(options);
  if (proxy !== null) agent.createConnection = connectThrough(proxyOf(proxy), isSecure, tls);
  return agent;
}

type Connect = Agent["createConnection"];
type OnSocket = (error: Error | null, socket?: Duplex) => void;

/** The proxy sees the server's name and port, and nothing of what is said over TLS. */
function connectThrough(proxy: ForwardProxy, isSecure: boolean, tls: TlsOptions): Connect {
  // The options have what the agent was made with, and the name to expect.
  return (options: ClientRequestArgs & ConnectionOptions, callback) => {
    // Where there is an error, there is no socket.
    const done = callback as OnSocket;
    openTunnel(proxy, { host: options.host ?? "", port: Number(options.port) }, tls).then(
      (socket) => {
        socket.setKeepAlive(true, KEEP_ALIVE);
        done(null, isSecure ? connect({ ...options, socket }) : socket);
      },
      (error: Error) => done(error),
    );
    return undefined;
  };
}
