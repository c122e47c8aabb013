import { expect, test } from "vitest";
import { ApiClient } from "../api-client.ts";
import { Caller } from "../conformance/caller.ts";
import { startEmbeddedCluster } from "./embedded-cluster.ts";

test("stops at once, with watches and idle connections open, and twice", async () => {
  const cluster = await startEmbeddedCluster();
  const { server, certificateAuthority } = cluster;
  const token = await cluster.serviceAccountToken("default", "watcher");
  const client = new ApiClient({ server, certificateAuthority, token });
  const caller = new Caller(() => client);
  const opened = Promise.withResolvers<void>();
  const watch = caller.watch("/api/v1/namespaces?watch=true", 100, { onEvent: () => opened.resolve() });
  const cut = expect(watch).rejects.toThrow();
  await opened.promise;
  await cluster.stop();
  await cut;
  await expect(caller.call("GET", "/version")).rejects.toThrow("ECONNREFUSED");
  await cluster.stop();
  await client.close();
});

test("shares nothing with another one", async () => {
  const clusters = await Promise.all([startEmbeddedCluster(), startEmbeddedCluster()]);
  try {
    const [first, second] = clusters.map(({ admin }) => new Caller(() => admin));
    await first?.createNamespace("only-here");
    expect((await second?.call("GET", "/api/v1/namespaces/only-here"))?.status).toBe(404);
  } finally {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  }
});
