import { expect, test } from "vitest";
import { createMetricsServer } from "../../src/http/metrics-server.ts";
import { close, listen } from "../../src/http/server.ts";

test("serves the metrics in their own type, and nothing else", async () => {
  const exposition = async () => ({ type: "text/plain; version=0.0.4", body: "up 1\n" });
  const server = createMetricsServer({ exposition }, { readTimeout: 0, writeTimeout: 0 });
  const { port } = await listen(server, { host: "127.0.0.1", port: 0 });
  try {
    const url = `http://127.0.0.1:${port}`;
    const metrics = await fetch(`${url}/metrics?x`);
    expect([metrics.status, metrics.headers.get("content-type"), await metrics.text()]).toEqual([
      200,
      "text/plain; version=0.0.4",
      "up 1\n",
    ]);
    expect((await fetch(`${url}/v1/cert.pem`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(405);
  } finally {
    await close(server, 0);
  }
});
