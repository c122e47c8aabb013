import type { Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { KeyRing, readCertificate } from "@sealwright/core";
import { afterEach, describe, expect, test } from "vitest";
import { close, createHttpServer, type HttpServerOptions, listen } from "../../src/http/server.ts";
import { newKey } from "../doubles/sealing-keys.ts";

const SETTINGS: HttpServerOptions = {
  keys: { ring: new KeyRing([]) },
  ready: () => true,
  acceptDeprecatedData: true,
  rateLimit: { perSecond: 1_000, burst: 1_000 },
  readTimeout: 120_000,
  writeTimeout: 120_000,
  onAnswer: () => {},
};

let server: Server | null = null;

afterEach(async () => {
  if (server !== null) await close(server, 0);
  server = null;
});

async function serve(options: Partial<HttpServerOptions> = {}): Promise<string> {
  server = createHttpServer({ ...SETTINGS, ...options });
  const { port } = await listen(server, { host: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${port}`;
}

test("healthz is ok as soon as it listens", async () => {
  const url = await serve({ ready: () => false });
  const response = await fetch(`${url}/healthz`);
  expect([response.status, await response.text()]).toEqual([200, "ok\n"]);
});

test("readyz is ok once the watches are synced", async () => {
  let synced = false;
  const url = await serve({ ready: () => synced });
  const before = await fetch(`${url}/readyz`);
  expect([before.status, await before.text()]).toEqual([503, "not ready\n"]);
  synced = true;
  const after = await fetch(`${url}/readyz`);
  expect([after.status, await after.text()]).toEqual([200, "ok\n"]);
});

describe("the certificate", () => {
  test("is the newest key's, as PEM, and follows a change", async () => {
    const [old, newest] = await Promise.all([newKey("2025-01-01"), newKey("2026-01-01")]);
    const keys = { ring: new KeyRing([old]) };
    const url = await serve({ keys });
    keys.ring = keys.ring.with(newest);
    const response = await fetch(`${url}/v1/cert.pem?from=kubeseal`);
    expect(response.headers.get("content-type")).toBe("application/x-pem-file");
    const pem = await response.text();
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/);
    expect((await readCertificate(pem)).fingerprint).toBe(newest.fingerprint);
    expect(pem).not.toContain("PRIVATE");
  });

  test("is not there before there is a key", async () => {
    expect((await fetch(`${await serve()}/v1/cert.pem`)).status).toBe(503);
  });
});

test("HEAD is GET without a body", async () => {
  const response = await fetch(`${await serve()}/healthz`, { method: "HEAD" });
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "3", ""]);
});

test.each(["POST", "PUT", "DELETE"])("%s is not allowed", async (method) => {
  const response = await fetch(`${await serve()}/healthz`, { method });
  expect(response.status).toBe(405);
});

test.each(["/", "/v1/keys", "/healthz/", "/v1/cert.pem/../x", "/__proto__"])("%s is nothing", async (path) => {
  expect((await fetch(`${await serve()}${path}`)).status).toBe(404);
});

test("a port that is taken is an error", async () => {
  const port = Number(new URL(await serve()).port);
  const second = createHttpServer(SETTINGS);
  await expect(listen(second, { host: "127.0.0.1", port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await close(second);
});

describe("closing", () => {
  test("lets go of connections that are kept for later", async () => {
    const url = await serve();
    await (await fetch(`${url}/healthz`)).text();
    if (server !== null) await close(server, 3_600_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test("cuts off whoever never ends his request", async () => {
    const { port } = new URL(await serve());
    const dawdler = connect(Number(port), "127.0.0.1");
    dawdler.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT");
    await new Promise((resolve) => dawdler.once("data", resolve));
    const rest = text(dawdler).catch(() => "");
    if (server !== null) await close(server, 1);
    expect(await rest).toBe("");
  });
});
