import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Identity } from "../cluster/pki.ts";

/** Hosts that the proxy alone knows; they are this machine. */
export const KNOWN_HOST = "api.example";
/** What it takes to get through the proxy that wants to know who asks. */
export const LOGIN = { user: "proxy-user", password: "proxy-password" };

const [VERSION, NO_LOGIN, WITH_LOGIN, REFUSED] = [5, 0, 2, 0xff];
const CONNECT = 1;
const [IPV4, NAME] = [1, 3];

export interface ForwardingProxyOptions {
  readonly login?: boolean;
  readonly identity?: Identity | null;
}

/** A proxy that passes connections on: by HTTP CONNECT, over TLS where it has a certificate, and by SOCKS5. With `login`, to those alone who say who they are. */
export class ForwardingProxy {
  /** `HOST:PORT` of everything that went through. */
  readonly passed: string[] = [];
  readonly #http: HttpServer = createHttpServer();
  readonly #socks: Server = createServer((socket) => void this.#serveSocks(socket).catch(() => socket.destroy()));
  readonly #https: HttpsServer;
  readonly #sockets = new Set<Duplex>();
  readonly #wantsLogin: boolean;

  private constructor(wantsLogin: boolean, identity: Identity | null) {
    this.#wantsLogin = wantsLogin;
    this.#https = createHttpsServer(identity === null ? {} : { cert: identity.certificate, key: identity.key });
    for (const server of [this.#http, this.#https]) {
      server.on("connect", (request, socket, head) => this.#serveHttp(request, socket, head));
    }
  }

  static async start({ login = false, identity = null }: ForwardingProxyOptions = {}): Promise<ForwardingProxy> {
    const proxy = new ForwardingProxy(login, identity);
    for (const server of [proxy.#http, proxy.#https, proxy.#socks]) {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return proxy;
  }

  /** `127.0.0.1:PORT` of the one that speaks HTTP. */
  get http(): string {
    return hostOf(this.#http);
  }

  /** The same over TLS. */
  get https(): string {
    return hostOf(this.#https);
  }

  get socks(): string {
    return hostOf(this.#socks);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of [this.#http, this.#https, this.#socks]) await new Promise((resolve) => server.close(resolve));
  }

  #serveHttp({ url = "", headers }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const expected = `Basic ${Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString("base64")}`;
    if (this.#wantsLogin && headers["proxy-authorization"] !== expected) {
      return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
    }
    this.#pass(url, socket, "HTTP/1.1 200 Connection Established\r\n\r\n", head);
  }

  /** RFC 1928, and RFC 1929 for who asks. */
  async #serveSocks(socket: Socket): Promise<void> {
    const read = reader(socket);
    const [, methods = 0] = await read(2);
    const offered = await read(methods);
    const method = this.#wantsLogin ? WITH_LOGIN : NO_LOGIN;
    if (!offered.includes(method)) return void socket.end(Buffer.from([VERSION, REFUSED]));
    socket.write(Buffer.from([VERSION, method]));
    if (this.#wantsLogin) {
      const [, length = 0] = await read(2);
      const user = (await read(length)).toString();
      const password = (await read((await read(1))[0] ?? 0)).toString();
      const isRight = user === LOGIN.user && password === LOGIN.password;
      socket.write(Buffer.from([1, isRight ? 0 : 1]));
      if (!isRight) return void socket.end();
    }
    const [, command, , type] = await read(4);
    if (command !== CONNECT || (type !== IPV4 && type !== NAME)) return void socket.destroy();
    const host = type === IPV4 ? [...(await read(4))].join(".") : (await read((await read(1))[0] ?? 0)).toString();
    const port = (await read(2)).readUInt16BE();
    this.#pass(`${host}:${port}`, socket, Buffer.from([VERSION, 0, 0, IPV4, 127, 0, 0, 1, 0, 0]), read.rest());
  }

  #pass(target: string, socket: Duplex, greeting: string | Buffer, head: Buffer): void {
    this.passed.push(target);
    const [host = "", port] = target.split(":");
    const backend = connect(Number(port), host === KNOWN_HOST ? "127.0.0.1" : host, () => {
      socket.write(greeting);
      backend.write(head);
      socket.pipe(backend).pipe(socket);
    });
    for (const [end, other] of [
      [socket, backend],
      [backend, socket],
    ] as const) {
      this.#sockets.add(end);
      end.once("error", () => end.destroy());
      end.once("close", () => {
        this.#sockets.delete(end);
        other.destroy();
      });
    }
  }
}

interface Reader {
  (length: number): Promise<Buffer>;
  /** What came and was not read; from then on nothing is taken. */
  rest(): Buffer;
}

/** Takes so many bytes from a socket, whenever they come. */
function reader(socket: Socket): Reader {
  let held = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
  };
  socket.on("data", take);
  const read = async (length: number) => {
    while (held.length < length) await once(socket, "data");
    const bytes = held.subarray(0, length);
    held = held.subarray(length);
    return bytes;
  };
  const rest = () => {
    socket.removeListener("data", take).pause();
    return held;
  };
  return Object.assign(read, { rest });
}

function hostOf(server: HttpServer | HttpsServer | Server): string {
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
