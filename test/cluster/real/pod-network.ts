import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

interface Pod {
  loopbackPort: number;
  readonly tunnels: Set<Duplex>;
}

/**
 * A pod network of one machine: the API server asks it, by HTTP CONNECT on a Unix socket, for a connection to a pod's address, and
 * gets one to a port on 127.0.0.1. The addresses exist nowhere else.
 */
export class PodNetwork {
  readonly #server: Server;
  readonly #pods = new Map<string, Pod>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connect", (request, socket) => this.#tunnel(request.url ?? "", socket));
  }

  /** Listens when the promise resolves. */
  static async listen(socketPath: string): Promise<PodNetwork> {
    const server = createServer();
    const network = new PodNetwork(server);
    server.listen(socketPath).unref();
    await once(server, "listening");
    return network;
  }

  /** Adds a pod and gives its address. */
  add(loopbackPort: number): string {
    const count = this.#pods.size + 1;
    const address = `10.99.${count >> 8}.${count & 255}`;
    this.#pods.set(address, { loopbackPort, tunnels: new Set() });
    return address;
  }

  /** Lets a pod's address lead to another port. Open connections to the former one are cut: the API server keeps them for reuse. */
  move(address: string, loopbackPort: number): void {
    const pod = this.#pods.get(address);
    if (pod === undefined) throw new Error(`no pod has the address ${address}`);
    pod.loopbackPort = loopbackPort;
    closeAll(pod.tunnels);
  }

  async close(): Promise<void> {
    for (const pod of this.#pods.values()) closeAll(pod.tunnels);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #tunnel(target: string, socket: Duplex): void {
    const pod = this.#pods.get(target.slice(0, target.lastIndexOf(":")));
    if (pod === undefined) {
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      return;
    }
    const backend = connect(pod.loopbackPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(backend).pipe(socket);
    });
    pod.tunnels.add(socket);
    socket.once("close", () => {
      pod.tunnels.delete(socket);
      backend.destroy();
    });
    socket.once("error", () => socket.destroy());
    backend.once("error", () => socket.destroy());
    backend.once("close", () => socket.destroy());
  }
}

function closeAll(tunnels: Set<Duplex>): void {
  for (const tunnel of tunnels) tunnel.destroy();
}
