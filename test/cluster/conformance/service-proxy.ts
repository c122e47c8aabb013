import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Cluster } from "../cluster.ts";
import type { Caller } from "./caller.ts";

const SERVICES = "/api/v1/namespaces/proxied/services";

interface Echo {
  readonly server: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Servers on this machine, reached through the API server. */
export function serviceProxy(caller: Caller, cluster: () => Cluster): void {
  const servers: Server[] = [];

  /** Starts a server that tells what it was asked; gives its port. */
  const startServer = async (name: string): Promise<number> => {
    const server = createServer(async (request, response) => {
      const { method, url, headers } = request;
      if (url?.startsWith("/teapot")) return response.writeHead(418, { "content-type": "text/x-tea" }).end("short");
      if (url?.startsWith("/hang-up")) return request.socket.destroy();
      const echo = { server: name, method, url, headers, body: await text(request) };
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(echo));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const expose = async (name: string, port: number, service: object = {}) => {
    await cluster().exposeService({ namespace: "proxied", name, loopbackPort: port, ...service });
  };
  const ask = async (path: string): Promise<Echo> => {
    const { status, body } = await caller.call("GET", `${SERVICES}/${path}`);
    expect(status).toBe(200);
    return body as unknown as Echo;
  };

  beforeAll(async () => expose("echo", await startServer("first")));
  afterAll(() => {
    for (const server of servers) server.close();
  });

  test("passes on method, path, query, body and headers, and says for whom", async () => {
    const { body } = await caller.call("POST", `${SERVICES}/http:echo:/proxy/v1/verify?a=b&a=c%20d`, {
      body: "sealed",
      contentType: "application/x-sealed",
      headers: { "x-forwarded-for": "192.0.2.1", "x-custom": "yes" },
    });
    const echo = body as unknown as Echo;
    expect(echo).toMatchObject({ method: "POST", url: "/v1/verify?a=b&a=c%20d", body: "sealed" });
    expect(echo.headers).toMatchObject({
      "content-type": "application/x-sealed",
      "x-custom": "yes",
      "x-forwarded-for": "192.0.2.1, 127.0.0.1",
    });
    expect(echo.headers).not.toHaveProperty("authorization");
  });

  test.for(["echo", "http:echo:", "http:echo:8080", "echo:8080"])("finds the Service as %s", async (id) => {
    expect(await ask(`${id}/proxy/found`)).toMatchObject({ server: "first", url: "/found" });
  });

  test("finds a port by its name", async () => {
    await expose("named", await startServer("named"), { servicePort: 80, portName: "http" });
    expect(await ask("http:named:http/proxy/")).toMatchObject({ server: "named", url: "/" });
    expect(await ask("http:named:80/proxy/")).toMatchObject({ server: "named", url: "/" });
  });

  test("follows a Service that moves", async () => {
    await expose("moving", await startServer("before"));
    expect(await ask("moving/proxy/")).toMatchObject({ server: "before" });
    await expose("moving", await startServer("after"));
    expect(await ask("moving/proxy/")).toMatchObject({ server: "after" });
  });

  test("gives the answer as it is", async () => {
    const answer = await caller.call("GET", `${SERVICES}/http:echo:/proxy/teapot`);
    expect(answer).toMatchObject({ status: 418, text: "short", headers: { "content-type": "text/x-tea" } });
  });

  test("leads to the root from a path without a slash", async () => {
    const answer = await caller.call("GET", `${SERVICES}/http:echo:/proxy`);
    expect(answer).toMatchObject({ status: 301, headers: { location: `${SERVICES}/http:echo:/proxy/` } });
  });

  describe("does not reach", () => {
    beforeAll(async () => {
      const spec = { ports: [{ port: 8080 }] };
      await caller.create(SERVICES, { metadata: { name: "empty" }, spec });
      await caller.create("/api/v1/namespaces/proxied/endpoints", { metadata: { name: "empty" } });
    });

    test.for<[what: string, path: string, status: number, reason: string]>([
      ["a Service that is not there", "http:absent:/proxy/", 404, "NotFound"],
      ["a Service without Pods", "http:empty:/proxy/", 503, "ServiceUnavailable"],
      ["a port that has no such name", "http:echo:other/proxy/", 503, "ServiceUnavailable"],
      ["a port that has no such number", "http:echo:99/proxy/", 503, "ServiceUnavailable"],
      ["a scheme that does not exist", "ftp:echo:/proxy/", 400, "BadRequest"],
      ["a server that hangs up", "http:echo:/proxy/hang-up", 503, "ServiceUnavailable"],
    ])("%s", async ([, path, status, reason]) => {
      expect(await caller.call("GET", `${SERVICES}/${path}`)).toMatchObject({ status, reason });
    });
  });
}
