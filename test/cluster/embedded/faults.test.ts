import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Cluster } from "../cluster.ts";
import { Caller, type WatchEvent } from "../conformance/caller.ts";
import type { FaultPort, FaultRule } from "../faults.ts";
import { until } from "../until.ts";
import { startEmbeddedCluster } from "./embedded-cluster.ts";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

/** What the real API server cannot be made to do, and so cannot be compared with. */
describe("faults of the embedded cluster", () => {
  let cluster: Cluster;
  let faults: FaultPort;
  const caller = new Caller(() => cluster.admin);
  const removers: (() => void)[] = [];
  const inject = (rule: FaultRule) => void removers.push(faults.add(rule));

  const add = (name: string) => caller.create(CONFIG_MAPS, { metadata: { name } });
  const revision = async () => (await caller.call("GET", CONFIG_MAPS)).body.metadata.resourceVersion;

  beforeAll(async () => {
    cluster = await startEmbeddedCluster();
    if (cluster.faults === null) throw new Error("no fault port");
    faults = cluster.faults;
  });
  afterAll(() => cluster?.stop());
  beforeEach(() => caller.call("DELETE", CONFIG_MAPS));
  afterEach(() => {
    for (const remove of removers.splice(0)) remove();
  });

  describe("of single requests", () => {
    test("an answer instead of the true one, which does not happen", async () => {
      inject({ method: "POST", path: /configmaps/, fault: { kind: "answer", code: 503, retryAfter: 7 } });
      const answer = await caller.call("POST", CONFIG_MAPS, { body: { metadata: { name: "refused" } } });
      expect(answer).toMatchObject({ status: 503, reason: "ServiceUnavailable", headers: { "retry-after": "7" } });
      expect(answer.body).toMatchObject({ kind: "Status", details: { retryAfterSeconds: 7 } });
      expect((await caller.call("GET", `${CONFIG_MAPS}/refused`)).status).toBe(404);
    });

    test.for([
      [409, "Conflict"],
      [410, "Expired"],
      [429, "TooManyRequests"],
      [500, "InternalError"],
    ] as const)("an answer %i has the reason %s", async ([code, reason]) => {
      inject({ path: /./, fault: { kind: "answer", code } });
      expect(await caller.call("GET", CONFIG_MAPS)).toMatchObject({ status: code, reason });
    });

    test("a connection that closes without an answer", async () => {
      inject({ path: /./, times: 1, fault: { kind: "drop" } });
      await expect(caller.call("GET", CONFIG_MAPS)).rejects.toThrow(/closed|socket|reset/);
      expect((await caller.call("GET", CONFIG_MAPS)).status).toBe(200);
    });

    test("an answer that comes after one that was asked for later", async () => {
      inject({ path: /delayed/, times: 1, fault: { kind: "delay", milliseconds: 200 } });
      const order: string[] = [];
      const delayed = caller.call("GET", `${CONFIG_MAPS}/delayed`).then(() => order.push("delayed"));
      await caller.call("GET", `${CONFIG_MAPS}/prompt`).then(() => order.push("prompt"));
      await delayed;
      expect(order).toEqual(["prompt", "delayed"]);
    });
  });

  describe("rules", () => {
    const status = async (method: string, path = CONFIG_MAPS) => (await caller.call(method, path)).status;

    test("hit as often as they say", async () => {
      inject({ path: /./, times: 2, fault: { kind: "answer", code: 500 } });
      expect([await status("GET"), await status("GET"), await status("GET")]).toEqual([500, 500, 200]);
    });

    test("hit until they are taken away", async () => {
      const remove = faults.add({ path: /./, fault: { kind: "answer", code: 500 } });
      expect([await status("GET"), await status("GET")]).toEqual([500, 500]);
      remove();
      expect(await status("GET")).toBe(200);
    });

    test("hit their method and path, query included", async () => {
      inject({ method: "GET", path: /configmaps\?limit=1$/, fault: { kind: "answer", code: 500 } });
      expect(await status("GET")).toBe(200);
      expect(await status("DELETE", `${CONFIG_MAPS}?limit=1`)).toBe(200);
      expect(await status("GET", `${CONFIG_MAPS}?limit=1`)).toBe(500);
    });

    test("hit those of whom they say that they ask", async () => {
      inject({ path: /./, userAgent: /^tool\//, fault: { kind: "answer", code: 500 } });
      const headers = { "user-agent": "tool/1" };
      expect(await status("GET")).toBe(200);
      expect((await cluster.admin.request("GET", CONFIG_MAPS, { headers })).status).toBe(500);
    });

    test("hit in the order in which they were added", async () => {
      inject({ path: /./, times: 1, fault: { kind: "answer", code: 500 } });
      inject({ path: /./g, times: 2, fault: { kind: "answer", code: 429 } });
      expect([await status("GET"), await status("GET"), await status("GET")]).toEqual([500, 429, 429]);
    });
  });

  describe("of watches", () => {
    test("a cut in the middle of an event", async () => {
      await add("a");
      await add("b");
      inject({ path: /configmaps/, times: 1, fault: { kind: "cutWatch", afterEvents: 1 } });
      expect((await caller.call("GET", CONFIG_MAPS)).names).toEqual(["a", "b"]);

      const seen: string[] = [];
      const onEvent = ({ object }: WatchEvent) => seen.push(object.metadata.name);
      await expect(caller.watch(`${CONFIG_MAPS}?watch=true`, 2, { onEvent })).rejects.toThrow();
      expect(seen).toEqual(["a"]);
      expect(await caller.watch(`${CONFIG_MAPS}?watch=true`, 2)).toHaveLength(2);
    });

    test("an end of all that are open", async () => {
      const watches = ["configmaps", "secrets"].map((plural) => {
        return caller.watch(
          `/api/v1/${plural}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
          100,
        );
      });
      let ended = false;
      const all = Promise.all(watches).then(() => {
        ended = true;
      });
      await until(
        () => {
          faults.closeWatches();
          return ended;
        },
        { what: "watches to end" },
      );
      await all;
      expect((await caller.call("GET", CONFIG_MAPS)).status).toBe(200);
    });

    test("a bookmark before their time is over", async () => {
      const start = await revision();
      await add("bookmarked");
      const query = `watch=true&timeoutSeconds=3&allowWatchBookmarks=true&resourceVersion=${start}`;
      const [, bookmark] = await caller.watch(`${CONFIG_MAPS}?${query}`, 2);
      const resourceVersion = await revision();
      expect(bookmark).toEqual({
        type: "BOOKMARK",
        object: { kind: "ConfigMap", apiVersion: "v1", metadata: { resourceVersion } },
      });
    });
  });

  describe("compaction", () => {
    test("ends watches that would resume from before it", async () => {
      const before = await revision();
      await add("forgotten");
      const after = await revision();
      faults.compact();
      const events = await caller.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${before}`, 100);
      expect(events).toMatchObject([{ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } }]);

      await add("remembered");
      const [resumed] = await caller.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${after}`, 1);
      expect(resumed).toMatchObject({ type: "ADDED", object: { metadata: { name: "remembered" } } });
    });

    test("ends them for resources that nobody has written yet, too", async () => {
      const before = await revision();
      await add("anything");
      faults.compact();
      const path = "/apis/networking.k8s.io/v1/ingresses";
      const events = await caller.watch(`${path}?watch=true&resourceVersion=${before}`, 100);
      expect(events).toMatchObject([{ type: "ERROR", object: { code: 410 } }]);
    });

    test("lets watches go on that are open", async () => {
      const start = await revision();
      const onEvent = async ({ object }: WatchEvent) => {
        faults.compact();
        if (object.metadata.name === "first") await add("second");
      };
      const watching = caller.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${start}`, 2, { onEvent });
      await add("first");
      expect(await watching).toHaveLength(2);
    });

    test("ends lists in pages, with a way to go on", async () => {
      for (const name of ["a", "b", "c"]) await add(name);
      const first = await caller.call("GET", `${CONFIG_MAPS}?limit=1`);
      await caller.call("DELETE", `${CONFIG_MAPS}/b`);
      faults.compact();
      const next = (token = "") => caller.call("GET", `${CONFIG_MAPS}?limit=9&continue=${encodeURIComponent(token)}`);
      const expired = await next(first.body.metadata.continue);
      expect(expired).toMatchObject({ status: 410, reason: "Expired" });
      expect((await next(expired.body.metadata.continue)).names).toEqual(["c"]);
    });
  });
});
