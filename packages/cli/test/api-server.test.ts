import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { connect } from "../src/api-server.ts";
import { CommandError } from "../src/failure.ts";
import { processIo } from "../src/process-io.ts";

/** Bytes on the wire, which no HTTP server would send. */
describe("an API server that", () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => server?.close(resolve));
  });

  /** Has each request answered by a function, and asks twice. */
  async function askTwice(answer: (socket: Socket, request: string) => void, timeout?: number): Promise<unknown> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined).on("data", (bytes) => answer(socket, bytes.toString()));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const cluster = { server: `http://127.0.0.1:${port}` };
    const api = await connect(
      { name: "a", namespace: undefined, cluster, user: {}, userEntry: null },
      processIo(process),
      timeout,
    );
    try {
      const answers = [await api.get("/first"), await api.get("/second")];
      return answers.map(({ status, body }) => [status, body.toString()]);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return "fault" in error.failure ? error.failure.fault : error;
    } finally {
      await api.close();
    }
  }

  const path = (request: string) => request.split(" ")[1] ?? "";
  const whole = (text: string, header = "") =>
    `HTTP/1.1 200 OK\r\n${header}Content-Length: ${text.length}\r\n\r\n${text}`;
  const both = [
    [200, "/first"],
    [200, "/second"],
  ];

  test("keeps the connection is asked over one", async () => {
    expect(await askTwice((socket, request) => socket.write(whole(path(request))))).toEqual(both);
    expect(sockets.size).toBe(1);
  });

  test("ends the connection, and says so, is asked over another", async () => {
    expect(await askTwice((socket, request) => socket.end(whole(path(request), "Connection: close\r\n")))).toEqual(
      both,
    );
    expect(sockets.size).toBe(2);
  });

  test("ends the connection without a word is asked over another", async () => {
    expect(await askTwice((socket, request) => socket.end(whole(path(request))))).toEqual(both);
    expect(sockets.size).toBe(2);
  });

  test("stops in the middle of an answer is given up in time", async () => {
    const half = (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    expect(await askTwice(half, 50)).toBe("TimeoutError");
  });

  test("cuts an answer off is told from one that is done", async () => {
    const cut = (socket: Socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    expect(await askTwice(cut)).toBe("ECONNRESET");
  });

  test("speaks no HTTP is unreachable", async () => {
    expect(await askTwice((socket) => void socket.end("hello there\r\n\r\n"))).toMatch(/^HPE_/);
  });
});
