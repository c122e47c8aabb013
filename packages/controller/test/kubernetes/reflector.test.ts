import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../src/kubernetes/api-error.ts";
import type { KubernetesObject } from "../../src/kubernetes/objects.ts";
import { type Change, Reflector, type ReflectorOptions } from "../../src/kubernetes/reflector.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import { holds } from "../doubles/holds.ts";

startApiForEachTest();

const PATH = "/api/v1/secrets";

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  vi.restoreAllMocks();
});

/** A reflector at work, with all that it told of; its pauses are noted and not waited for. */
function start(options: Partial<ReflectorOptions<KubernetesObject>> = {}) {
  const changes: Change<KubernetesObject>[] = [];
  const failures: unknown[] = [];
  const pauses: number[] = [];
  const controller = new AbortController();
  const reflector = new Reflector<KubernetesObject>({
    transport,
    path: PATH,
    reduce: (object) => object,
    onChange: (change) => changes.push(change),
    onFailure: (error) => failures.push(error),
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    ...options,
  });
  const running = reflector.run(controller.signal);
  const stop = async () => {
    controller.abort();
    await running;
  };
  stops.push(stop);
  return { reflector, changes, failures, pauses, stop };
}

function object(name: string, resourceVersion: string): KubernetesObject {
  return { metadata: { namespace: "shop", name, resourceVersion } };
}

function bookmark(resourceVersion: string): KubernetesObject {
  return { metadata: { resourceVersion } };
}

/** Answers the list, then leaves watches to the test; later lists get the later answers. */
function lists(...answers: readonly { items: readonly KubernetesObject[]; resourceVersion: string }[]): void {
  const bodies = answers.map(({ items, resourceVersion }) => ({ metadata: { resourceVersion }, items }));
  api.answer("GET", PATH, ...bodies.map((body) => ({ body })));
}

const told = (changes: readonly Change<KubernetesObject>[]) =>
  changes.map(({ key, before, after }) => [
    key,
    before?.metadata["resourceVersion"] ?? null,
    after?.metadata["resourceVersion"] ?? null,
  ]);

const listRequests = () => api.requests.filter(({ query }) => query["watch"] === undefined);

describe("the first list", () => {
  test("comes in pages whose objects count at once, and is there when all of them are in", async () => {
    const second = Promise.withResolvers<void>();
    api.answer(
      "GET",
      PATH,
      { body: { metadata: { resourceVersion: "10", continue: "more" }, items: [object("a", "1")] } },
      ({ query }) => {
        second.resolve();
        expect(query).toMatchObject({ continue: "more" });
        return { body: { metadata: { resourceVersion: "10" }, items: [object("b", "2")] } };
      },
    );
    const { reflector, changes } = start();
    await second.promise;
    expect(told(changes)).toEqual([["shop/a", null, "1"]]);
    expect(reflector.synced).toBe(false);
    await holds(() => expect(reflector.synced).toBe(true));
    expect(told(changes)).toEqual([
      ["shop/a", null, "1"],
      ["shop/b", null, "2"],
    ]);
    expect(reflector.get("shop/b")).toEqual(object("b", "2"));
    expect(reflector.get("shop/c")).toBeNull();
  });

  test("of nothing is a list too", async () => {
    api.answer("GET", PATH, { body: { metadata: { resourceVersion: "10" }, items: null } });
    const { reflector } = start();
    await holds(() => expect(reflector.synced).toBe(true));
  });

  test("that fails is tried again, and told of", async () => {
    api.answer(
      "GET",
      PATH,
      { status: 500, body: { reason: "InternalError" } },
      {
        body: { metadata: { resourceVersion: "10" }, items: [] },
      },
    );
    const { reflector, failures, pauses } = start();
    await holds(() => expect(reflector.synced).toBe(true));
    expect(failures).toMatchObject([{ status: 500, reason: "InternalError" }]);
    expect(pauses).toHaveLength(1);
  });

  test("whose pages expire between one and the next is begun again", async () => {
    api.answer(
      "GET",
      PATH,
      { body: { metadata: { resourceVersion: "10", continue: "more" }, items: [object("a", "1")] } },
      { status: 410, body: { reason: "Expired" } },
      { body: { metadata: { resourceVersion: "12" }, items: [object("b", "2")] } },
    );
    const { reflector, changes, failures } = start();
    await holds(() => expect(reflector.synced).toBe(true));
    expect(told(changes)).toEqual([
      ["shop/a", null, "1"],
      ["shop/b", null, "2"],
      ["shop/a", "1", null],
    ]);
    expect(changes.map(({ initial }) => initial)).toEqual([true, true, true]);
    expect(failures).toHaveLength(1);
  });

  test("asks for metadata alone where no value may come over the wire", async () => {
    lists({ items: [], resourceVersion: "10" });
    start({ metadataOnly: true, labelSelector: "a=b" });
    const { request } = await api.nextWatch();
    expect(listRequests()[0]?.headers.accept).toBe("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
    expect(request.headers.accept).toBe("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    expect(api.requests.map(({ query }) => query["labelSelector"])).toEqual(["a=b", "a=b"]);
  });
});

describe("a list in pages", () => {
  test("of whole objects is in pages of about the same length, for one object may be as long as a thousand others", async () => {
    const page = (length: number, token: string) => ({
      body: {
        metadata: { resourceVersion: "10", continue: token },
        items: [{ metadata: { ...object(token, "1").metadata, annotations: { long: "x".repeat(length) } } }],
      },
    });
    api.answer("GET", PATH, page(1_000_000, "a"), page(100, "b"), page(100, ""));
    const { reflector } = start();
    await holds(() => expect(reflector.synced).toBe(true));
    expect(listRequests().map(({ query }) => query["limit"])).toEqual(["50", "4", "500"]);
  });
});

describe("a streamed list", () => {
  const end = (resourceVersion: string) => ({
    metadata: { resourceVersion, annotations: { "k8s.io/initial-events-end": "true" } },
  });

  test("is asked for first, counts object by object, and ends where the server marks it; then the watch begins there", async () => {
    api.answer("STREAM", PATH, "open");
    const { reflector, changes, failures } = start({ labelSelector: "a=b" });
    const list = await api.nextWatch();
    expect(list.request.query).toEqual({
      watch: "true",
      labelSelector: "a=b",
      sendInitialEvents: "true",
      resourceVersionMatch: "NotOlderThan",
      allowWatchBookmarks: "true",
    });
    list.send("ADDED", object("a", "1"));
    list.send("ADDED", object("b", "2"));
    await holds(() => expect(changes).toHaveLength(2));
    list.send("BOOKMARK", bookmark("9"));
    list.send("DELETED", object("a", "11"));
    list.send("MODIFIED", object("b", "12"));
    await holds(() => expect(changes).toHaveLength(4));
    expect(reflector.synced).toBe(false);
    list.send("BOOKMARK", end("15"));
    await list.closed();
    const watch = await api.nextWatch();
    expect(watch.request.query).toMatchObject({ resourceVersion: "15" });
    expect(watch.request.query).not.toHaveProperty("sendInitialEvents");
    expect(reflector.synced).toBe(true);
    expect(told(changes).slice(2)).toEqual([
      ["shop/a", "1", null],
      ["shop/b", "2", "12"],
    ]);
    expect([failures, api.requests.length]).toEqual([[], 2]);
  });

  test("after a watch that expired tells of what is gone, once it is whole", async () => {
    api.answer("STREAM", PATH, "open");
    api.answer("WATCH", PATH, { status: 410, body: { reason: "Expired" } }, "open");
    const { changes } = start();
    const first = await api.nextWatch();
    for (const name of ["kept", "gone"]) first.send("ADDED", object(name, "1"));
    first.send("BOOKMARK", end("10"));
    const second = await api.nextWatch();
    second.send("ADDED", object("kept", "1"));
    second.send("BOOKMARK", end("20"));
    expect((await api.nextWatch()).request.query["resourceVersion"]).toBe("20");
    expect(told(changes).slice(2)).toEqual([["shop/gone", "1", null]]);
  });

  test.each([400, 422])("that is refused with %i is not asked for again: the list comes in pages", async (status) => {
    api.answer("STREAM", PATH, { status, body: { reason: "Invalid" } });
    lists({ items: [object("a", "1")], resourceVersion: "10" }, { items: [], resourceVersion: "20" });
    api.answer("WATCH", PATH, { status: 410, body: { reason: "Expired" } }, "open");
    const { changes, failures } = start();
    await api.nextWatch();
    expect(told(changes)).toEqual([
      ["shop/a", null, "1"],
      ["shop/a", "1", null],
    ]);
    expect(failures).toEqual([]);
    expect(api.requests.filter(({ query }) => query["sendInitialEvents"] === "true")).toHaveLength(1);
  });

  test("that is cut takes nothing away, and is begun again; one that never becomes whole comes in pages", async () => {
    api.answer("STREAM", PATH, "open");
    lists({ items: [object("b", "2")], resourceVersion: "10" });
    const { changes, failures } = start();
    for (const end of ["cut", "end", "end"] as const) {
      const list = await api.nextWatch();
      list.send("ADDED", object("a", "1"));
      await holds(() => expect(changes).toHaveLength(1));
      list[end]();
    }
    expect((await api.nextWatch()).request.query["resourceVersion"]).toBe("10");
    expect(failures.slice(1)).toMatchObject([{ reason: "EndedTooSoon" }, { reason: "EndedTooSoon" }]);
    expect(told(changes)).toEqual([
      ["shop/a", null, "1"],
      ["shop/b", null, "2"],
      ["shop/a", "1", null],
    ]);
  });

  test("of metadata brings nothing else over the wire", async () => {
    api.answer("STREAM", PATH, "open");
    start({ metadataOnly: true });
    const { request } = await api.nextWatch();
    expect(request.headers.accept).toBe("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
  });

  test("in which an error comes is a failure", async () => {
    api.answer("STREAM", PATH, "open");
    const { failures } = start();
    (await api.nextWatch()).send("ERROR", { code: 500, reason: "InternalError" });
    await api.nextWatch();
    expect(failures).toMatchObject([{ status: 500, reason: "InternalError" }]);
  });
});

describe("a watch", () => {
  test("begins where the list ended, asks for bookmarks, and tells of every change", async () => {
    lists({ items: [object("a", "1")], resourceVersion: "10" });
    const { reflector, changes } = start();
    const watch = await api.nextWatch();
    expect(watch.request.query).toMatchObject({ resourceVersion: "10", allowWatchBookmarks: "true" });
    watch.send("ADDED", object("b", "11"));
    watch.send("MODIFIED", object("a", "12"));
    watch.send("DELETED", object("b", "13"));
    await holds(() => expect(changes).toHaveLength(4));
    expect(told(changes).slice(1)).toEqual([
      ["shop/b", null, "11"],
      ["shop/a", "1", "12"],
      ["shop/b", "11", null],
    ]);
    expect(reflector.get("shop/b")).toBeNull();
  });

  test("reads events whose bytes come in pieces, also within a character", async () => {
    lists({ items: [], resourceVersion: "10" });
    const { changes } = start();
    const watch = await api.nextWatch();
    const event = {
      type: "ADDED",
      object: { metadata: { ...object("a", "11").metadata, annotations: { note: "grün 🔑" } } },
    };
    const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
    const middle = bytes.indexOf("🔑") + 2;
    watch.write(bytes.subarray(0, middle));
    watch.write(bytes.subarray(middle));
    await holds(() => expect(changes).toHaveLength(1));
    expect(changes[0]?.after?.metadata.annotations).toEqual({ note: "grün 🔑" });
  });

  test("keeps of an object what it is reduced to", async () => {
    lists({ items: [object("a", "1")], resourceVersion: "10" });
    const { reflector } = start({ reduce: ({ metadata }) => ({ metadata: { ...metadata, reduced: true } }) });
    const watch = await api.nextWatch();
    watch.send("ADDED", object("b", "11"));
    await holds(() => expect(reflector.get("shop/b")).not.toBeNull());
    expect(reflector.get("shop/a")?.metadata["reduced"]).toBe(true);
    expect(reflector.get("shop/b")?.metadata["reduced"]).toBe(true);
  });

  test("that the server ends is resumed at the last event, without a pause", async () => {
    lists({ items: [], resourceVersion: "10" });
    const { failures, pauses } = start();
    const first = await api.nextWatch();
    first.send("ADDED", object("a", "11"));
    first.end();
    const second = await api.nextWatch();
    expect(second.request.query["resourceVersion"]).toBe("11");
    expect([failures, pauses]).toEqual([[], []]);
    expect(listRequests()).toHaveLength(1);
  });

  test("is resumed at the last bookmark", async () => {
    lists({ items: [], resourceVersion: "10" });
    const { changes } = start();
    const first = await api.nextWatch();
    first.send("BOOKMARK", bookmark("99"));
    first.end();
    expect((await api.nextWatch()).request.query["resourceVersion"]).toBe("99");
    expect(changes).toEqual([]);
  });

  test("that is cut is resumed at the last whole event, told of and after a pause", async () => {
    lists({ items: [], resourceVersion: "10" });
    const { changes, failures, pauses } = start();
    const first = await api.nextWatch();
    first.send("ADDED", object("a", "11"));
    first.write('{"type":"DELETED","object":{"metadata":{"name":"a"');
    await holds(() => expect(changes).toHaveLength(1));
    first.cut();
    const second = await api.nextWatch();
    expect(second.request.query["resourceVersion"]).toBe("11");
    expect(failures).toHaveLength(1);
    expect(pauses).toHaveLength(1);
    second.send("MODIFIED", object("a", "12"));
    await holds(() => expect(changes).toHaveLength(2));
    expect(listRequests()).toHaveLength(1);
  });

  test("that says nothing and never ends is given up at its time", async () => {
    lists({ items: [], resourceVersion: "10" });
    const limits: AbortController[] = [];
    const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
      const limit = new AbortController();
      limits.push(limit);
      return limit.signal;
    });
    start();
    const first = await api.nextWatch();
    const seconds = Number(first.request.query["timeoutSeconds"]);
    expect(timeout).toHaveBeenLastCalledWith((seconds + 30) * 1000);
    await holds(() => expect(limits).toHaveLength(2));
    limits[1]?.abort();
    expect((await api.nextWatch()).request.query["resourceVersion"]).toBe("10");
    await first.closed();
  });

  test("that ends at once and without a word is a failure: it would else go round and round", async () => {
    lists({ items: [], resourceVersion: "10" });
    const { failures, pauses } = start();
    (await api.nextWatch()).end();
    await api.nextWatch();
    expect(failures).toMatchObject([{ reason: "EndedAtOnce" }]);
    expect(pauses).toHaveLength(1);
  });

  test("that lasted and had nothing to tell is no failure", async () => {
    lists({ items: [], resourceVersion: "10" });
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const { failures, pauses } = start();
    const first = await api.nextWatch();
    now = 290_000;
    first.end();
    await api.nextWatch();
    expect([failures, pauses]).toEqual([[], []]);
  });

  test("ends with the signal, and its connection too", async () => {
    lists({ items: [], resourceVersion: "10" });
    const { stop, failures } = start();
    const watch = await api.nextWatch();
    await stop();
    await watch.closed();
    expect(failures).toEqual([]);
  });
});

describe("a place that the server has forgotten", () => {
  const before = { items: [object("gone", "1"), object("kept", "2"), object("changed", "3")], resourceVersion: "10" };
  const after = { items: [object("kept", "2"), object("changed", "23"), object("new", "24")], resourceVersion: "30" };
  const difference = [
    ["shop/changed", "3", "23"],
    ["shop/new", null, "24"],
    ["shop/gone", "1", null],
  ];

  test("by an ERROR event: the new list is compared with the old one", async () => {
    lists(before, after);
    const { changes, failures } = start();
    const watch = await api.nextWatch();
    watch.send("ERROR", { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" });
    expect((await api.nextWatch()).request.query["resourceVersion"]).toBe("30");
    expect(told(changes).slice(3)).toEqual(difference);
    expect(changes.map(({ initial }) => initial)).toEqual([true, true, true, false, false, false]);
    expect(failures).toEqual([]);
    await watch.closed();
  });

  test("by HTTP 410: the same, and without a pause", async () => {
    lists(before, after);
    api.answer("WATCH", PATH, { status: 410, body: { reason: "Expired" } }, "open");
    const { changes, failures, pauses } = start();
    expect((await api.nextWatch()).request.query["resourceVersion"]).toBe("30");
    expect(told(changes).slice(3)).toEqual(difference);
    expect([failures, pauses]).toEqual([[], [0]]);
  });

  test("time and again: the pauses grow", async () => {
    lists(before);
    api.answer("WATCH", PATH, { status: 410, body: { reason: "Expired" } });
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { pauses, stop } = start();
    await holds(() => expect(pauses.length).toBeGreaterThan(4));
    await stop();
    expect(pauses.slice(0, 4)).toEqual([0, 800, 1_600, 3_200]);
  });

  test("without saying so, as a restored etcd does: after three failures it is listed again", async () => {
    lists(before, after);
    const tooLarge = { status: 504, body: { reason: "Timeout" } };
    api.answer("WATCH", PATH, tooLarge);
    const { changes, stop } = start();
    await holds(() => expect(changes).toHaveLength(6));
    expect(told(changes).slice(3)).toEqual(difference);
    await stop();
    const watches = api.requests.slice(1, 4).map(({ query }) => query["resourceVersion"]);
    expect(watches).toEqual(["10", "10", "10"]);
  });
});

describe("pauses", () => {
  test("grow with failures in a row, up to half a minute, and are told of each time", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    api.answer("GET", PATH, { status: 503, body: { reason: "ServiceUnavailable" } });
    const { pauses, failures, stop } = start();
    await holds(() => expect(pauses.length).toBeGreaterThan(9));
    await stop();
    expect(pauses.slice(0, 10)).toEqual([400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000]);
    expect(failures.length).toBe(pauses.length);
  });

  test("are cut by up to a half, so that not all clients come back together", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    api.answer("GET", PATH, { status: 503, body: {} });
    const { pauses, stop } = start();
    await holds(() => expect(pauses.length).toBeGreaterThan(0));
    await stop();
    expect(pauses[0]).toBe(200);
  });

  test.each([
    ["3", 3_000],
    ["86400", 300_000],
  ])("are what the server asks for with Retry-After: %s, within reason", async (retryAfter, milliseconds) => {
    api.answer("GET", PATH, {
      status: 503,
      headers: { "retry-after": retryAfter },
      body: { reason: "ServiceUnavailable" },
    });
    const { pauses, stop } = start();
    await holds(() => expect(pauses.length).toBeGreaterThan(0));
    await stop();
    expect(pauses[0]).toBe(milliseconds);
  });

  test("begin anew after an event, or after a watch that held", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    lists({ items: [], resourceVersion: "10" });
    const { pauses, changes } = start();
    (await api.nextWatch()).cut();
    const told = await api.nextWatch();
    told.send("ADDED", object("a", "11"));
    await holds(() => expect(changes).toHaveLength(1));
    told.cut();
    const held = await api.nextWatch();
    now = 60_000;
    held.cut();
    await api.nextWatch();
    expect(pauses).toEqual([400, 400, 400]);
  });
});

test("an answer that no API server would give is a failure, and not the end", async () => {
  api.answer(
    "GET",
    PATH,
    { body: "null" },
    { body: "<html>" },
    { body: { metadata: { resourceVersion: "10" }, items: [] } },
  );
  const { reflector, failures } = start();
  const watch = await api.nextWatch();
  expect(reflector.synced).toBe(true);
  watch.send("ADDED", null);
  await api.nextWatch();
  expect(failures).toHaveLength(3);
  expect(failures[1]).toBeInstanceOf(ApiError);
});

test("a real pause ends with the signal", async () => {
  const refused = Promise.withResolvers<void>();
  api.answer("GET", PATH, { status: 429, headers: { "retry-after": "200" }, body: {} });
  const controller = new AbortController();
  const reflector = new Reflector<KubernetesObject>({
    transport,
    path: PATH,
    reduce: (listed) => listed,
    onChange: () => {},
    onFailure: () => refused.resolve(),
  });
  const running = reflector.run(controller.signal);
  await refused.promise;
  controller.abort();
  await running;
});
