import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../src/kubernetes/api-error.ts";
import { Transport } from "../../src/kubernetes/transport.ts";
import { ApiServerDouble } from "../doubles/api-server.ts";
import { holds } from "../doubles/holds.ts";

let api: ApiServerDouble;
let transport: Transport;

beforeEach(async () => {
  api = await ApiServerDouble.start();
  transport = new Transport(api.kubeConfig({ token: "token-1" }));
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await transport.close();
  await api.close();
});

async function refusal(run: Promise<unknown>): Promise<ApiError> {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error(`not an ApiError: ${error}`);
  return error;
}

async function all(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const event of events) list.push(event);
  return list;
}

describe("a request", () => {
  test("carries credentials, query and body", async () => {
    api.answer("POST", "/x", { status: 201, body: { made: true } });
    const query = { labelSelector: "a=b,c", continue: undefined };
    expect(await transport.request("POST", "/x", { query, body: { a: "ü" } })).toEqual({ made: true });
    expect(api.requests).toMatchObject([
      {
        query: { labelSelector: "a=b,c" },
        body: { a: "ü" },
        headers: { authorization: "Bearer token-1", "content-type": "application/json", accept: "application/json" },
      },
    ]);
  });

  test("has an empty answer as null", async () => {
    api.answer("DELETE", "/x", { status: 200 });
    expect(await transport.request("DELETE", "/x")).toBeNull();
  });

  test("reuses its connections, where a new one for each would exhaust both sides", async () => {
    api.answer("GET", "/x", { body: {} });
    api.answer("PUT", "/x", { status: 409, body: { reason: "Conflict" } });
    for (let round = 0; round < 5; round++) {
      await transport.request("GET", "/x");
      await refusal(transport.request("PUT", "/x", { body: {} }));
    }
    expect(api.requests).toHaveLength(10);
    expect(api.connections).toBeLessThanOrEqual(2);
  });

  test("goes over its own connection while a watch is open", async () => {
    api.answer("GET", "/x", { body: {} });
    const watching = all(transport.stream("/watch", { query: { watch: "true" } }));
    const watch = await api.nextWatch();
    await transport.request("GET", "/x");
    watch.end();
    await watching;
  });

  test("ends when its signal does", async () => {
    const controller = new AbortController();
    const run = transport.request("GET", "/x", { query: { watch: "true" }, signal: controller.signal });
    await api.nextWatch();
    controller.abort();
    expect((await refusal(run)).status).toBe(0);
  });

  test("that is never answered ends by itself", async () => {
    const timeout = new AbortController();
    const limit = vi.spyOn(AbortSignal, "timeout").mockReturnValue(timeout.signal);
    const run = transport.request("GET", "/x", { query: { watch: "true" } });
    await api.nextWatch();
    timeout.abort();
    expect((await refusal(run)).status).toBe(0);
    expect(limit).toHaveBeenCalledWith(30_000);
  });
});

describe("a refusal", () => {
  test("is an ApiError with the reason, and without the message", async () => {
    const body = { kind: "Status", reason: "Invalid", message: "hunter2", details: { causes: [{ field: "data[a]" }] } };
    api.answer("PUT", "/x", { status: 422, body });
    const error = await refusal(transport.request("PUT", "/x", { body: {} }));
    expect(error).toMatchObject({ status: 422, reason: "Invalid", message: "PUT /x: Invalid (data[a])" });
  });

  test("says when to come back", async () => {
    api.answer("GET", "/x", { status: 503, headers: { "retry-after": "7" }, body: { reason: "ServiceUnavailable" } });
    expect((await refusal(transport.request("GET", "/x", { once: true }))).retryAfter).toBe(7);
  });

  test("is what a redirect amounts to", async () => {
    api.answer("GET", "/x", { status: 302, headers: { location: "/login" } });
    expect((await refusal(transport.request("GET", "/x"))).status).toBe(302);
  });

  test("is what an answer amounts to that is no JSON, and it is not quoted", async () => {
    api.answer("GET", "/x", { body: '{"data":hunter2}' });
    const error = await refusal(transport.request("GET", "/x"));
    expect(error).toMatchObject({ status: 0, reason: "NotJson" });
    expect(error.message).not.toContain("hunter2");
  });

  test("names what went wrong where there is no answer", async () => {
    await api.close();
    const refused = await refusal(transport.request("GET", "/x", { once: true }));
    expect(refused).toMatchObject({ status: 0, reason: "ECONNREFUSED" });
  });
});

describe("a stream", () => {
  test("has a line for each event, however the chunks fall", async () => {
    const watching = all(transport.stream("/watch", { query: { watch: "true" } }));
    const watch = await api.nextWatch();
    const bytes = Buffer.from('{"name":"grün"}\n{"name":"🔑"}\n');
    for (let at = 0; at < bytes.length; at += 5) watch.write(bytes.subarray(at, at + 5));
    watch.end();
    expect(await watching).toEqual([{ name: "grün" }, { name: "🔑" }]);
  });

  test("that is cut is an error, after what came before", async () => {
    const events = transport.stream("/watch", { query: { watch: "true" } });
    const first = events.next();
    const watch = await api.nextWatch();
    watch.write('{"a":1}\n{"b":');
    expect(await first).toEqual({ done: false, value: { a: 1 } });
    watch.cut();
    expect((await refusal(events.next())).status).toBe(0);
  });

  test("ends without an error when its signal ends it", async () => {
    const controller = new AbortController();
    const events = transport.stream("/watch", { query: { watch: "true" }, signal: controller.signal });
    const first = events.next();
    const watch = await api.nextWatch();
    watch.write('{"a":1}\n');
    expect(await first).toEqual({ done: false, value: { a: 1 } });
    controller.abort();
    expect(await all(events)).toEqual([]);
    await watch.closed();
  });

  test("lets go of its connection when nobody reads on", async () => {
    const events = transport.stream("/watch", { query: { watch: "true" } });
    const first = events.next();
    const watch = await api.nextWatch();
    watch.write('{"a":1}\n{"b":2}\n');
    expect(await first).toEqual({ done: false, value: { a: 1 } });
    await events.return(undefined);
    await watch.closed();
  });

  test.each([
    ["no JSON", "hunter2\n", "NotJson"],
    ["a line over the limit", `"${"x".repeat(17 * 1024 * 1024)}`, "TooLong"],
  ])("of %s is an error that does not quote it", async (_, text, reason) => {
    const watching = all(transport.stream("/watch", { query: { watch: "true" } }));
    const watch = await api.nextWatch();
    watch.write(text);
    const error = await refusal(watching);
    expect(error).toMatchObject({ status: 0, reason, message: `WATCH /watch: ${reason}` });
    await watch.closed();
  });

  test("that is refused is an ApiError", async () => {
    api.answer("GET", "/watch", { status: 410, body: { reason: "Expired" } });
    expect(await refusal(all(transport.stream("/watch", {})))).toMatchObject({ status: 410, reason: "Expired" });
  });
});

describe("credentials", () => {
  let folder: string;
  let tokenFile: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    tokenFile = join(folder, "token");
    await writeFile(tokenFile, "first");
    transport = new Transport(api.kubeConfig({ authProvider: { name: "tokenFile", config: { tokenFile } } }));
    api.answer("GET", "/x", { body: {} });
  });

  afterEach(() => rm(folder, { recursive: true }));

  const tokens = () => api.requests.map(({ headers }) => headers.authorization);

  test("are read once for many requests, also for the first ones at the same time", async () => {
    const reading = vi.spyOn(KubeConfig.prototype, "applySecurityAuthentication");
    await Promise.all([transport.request("GET", "/x"), transport.request("GET", "/x")]);
    expect(reading).toHaveBeenCalledTimes(1);
    await writeFile(tokenFile, "second");
    await transport.request("GET", "/x");
    expect(tokens()).toEqual(["Bearer first", "Bearer first", "Bearer first"]);
  });

  test("are read again after a while, for a projected token is renewed in its file", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    await transport.request("GET", "/x");
    await writeFile(tokenFile, "second");
    vi.advanceTimersByTime(61_000);
    await transport.request("GET", "/x");
    expect(tokens()).toEqual(["Bearer first", "Bearer second"]);
    expect(api.connections).toBe(1);
  });

  test("are read again at once when they are refused, once, and no memory of them is trusted", async () => {
    api.answer("GET", "/x", { body: {} }, { status: 401, body: { reason: "Unauthorized" } }, { body: {} });
    await transport.request("GET", "/x");
    await writeFile(tokenFile, "second");
    await transport.request("GET", "/x");
    expect(tokens()).toEqual(["Bearer first", "Bearer first", "Bearer second"]);
    expect(api.connections).toBe(1);
  });

  test("of a kubeconfig that was replaced are used when the former ones are refused", async () => {
    let config = api.kubeConfig({ token: "first" });
    const following = new Transport(config, { follow: async () => config });
    api.answer("GET", "/x", { body: {} }, { status: 401, body: { reason: "Unauthorized" } }, { body: {} });
    await following.request("GET", "/x");
    config = api.kubeConfig({ token: "second" });
    await following.request("GET", "/x");
    await following.close();
    expect(tokens()).toEqual(["Bearer first", "Bearer first", "Bearer second"]);
  });

  test("that are refused again and again are a refusal", async () => {
    api.answer("GET", "/x", { status: 401, body: { reason: "Unauthorized" } });
    expect((await refusal(transport.request("GET", "/x"))).status).toBe(401);
    expect(tokens()).toEqual(["Bearer first", "Bearer first"]);
  });

  test("are read once more where many requests are refused together", async () => {
    await transport.request("GET", "/x");
    const reading = vi.spyOn(KubeConfig.prototype, "applySecurityAuthentication");
    await writeFile(tokenFile, "second");
    api.answer("GET", "/x", ({ headers }) => ({
      status: headers.authorization === "Bearer first" ? 401 : 200,
      body: {},
    }));
    await Promise.all([1, 2, 3, 4].map(() => transport.request("GET", "/x")));
    expect(reading).toHaveBeenCalledTimes(1);
  });

  test("are read again when a watch is refused", async () => {
    api.answer("GET", "/x", { status: 401, body: { reason: "Unauthorized" } }, { body: {} });
    await refusal(all(transport.stream("/x", {})));
    await writeFile(tokenFile, "second");
    await transport.request("GET", "/x");
    expect(tokens()).toEqual(["Bearer first", "Bearer second"]);
  });

  test("that cannot be read are an ApiError, and the next request tries again", async () => {
    await rm(tokenFile);
    expect(await refusal(transport.request("GET", "/x"))).toMatchObject({ status: 0, reason: "NoCredentials" });
    await writeFile(tokenFile, "back");
    await transport.request("GET", "/x");
    expect(tokens()).toEqual(["Bearer back"]);
  });
});

describe("over HTTPS", () => {
  let secure: ApiServerDouble;

  beforeEach(async () => {
    secure = await ApiServerDouble.start({ https: true });
    secure.answer("GET", "/x", { body: { a: 1 } });
  });

  afterEach(() => secure.close());

  test("the kubeconfig's authority is trusted, and connections are reused", async () => {
    const overTls = new Transport(secure.kubeConfig());
    for (let round = 0; round < 6; round++) expect(await overTls.request("GET", "/x")).toEqual({ a: 1 });
    expect(secure.connections).toBeLessThanOrEqual(2);
    await overTls.close();
  });

  test("an authority that is exchanged is trusted from the next reading on, over new connections, and the old one no more", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const folder = await mkdtemp(join(tmpdir(), "sealwright-"));
    const caFile = join(folder, "ca.crt");
    const next = await ApiServerDouble.start({ https: true });
    next.answer("GET", "/x", { body: { a: 2 } });
    const config = secure.kubeConfig();
    const [cluster] = config.clusters;
    await writeFile(caFile, Buffer.from(cluster?.caData ?? "", "base64"));
    if (cluster !== undefined) config.clusters = [{ ...cluster, caFile }];
    const overTls = new Transport(config);
    expect(await overTls.request("GET", "/x")).toEqual({ a: 1 });
    await writeFile(caFile, Buffer.from(next.kubeConfig().clusters[0]?.caData ?? "", "base64"));
    vi.advanceTimersByTime(31_000);
    expect((await refusal(overTls.request("GET", "/x", { once: true }))).status).toBe(0);
    await holds(() => expect(secure.openConnections).toBe(0));
    await writeFile(caFile, Buffer.from(secure.kubeConfig().clusters[0]?.caData ?? "", "base64"));
    vi.advanceTimersByTime(31_000);
    expect(await overTls.request("GET", "/x")).toEqual({ a: 1 });
    await overTls.close();
    await next.close();
    await rm(folder, { recursive: true });
  });

  test("any other authority's certificate is refused, and no token goes out", async () => {
    const other = await ApiServerDouble.start({ https: true });
    const config = secure.kubeConfig({ token: "secret" });
    const [cluster] = config.clusters;
    if (cluster !== undefined) config.clusters = [{ ...cluster, server: other.url }];
    const distrustful = new Transport(config);
    expect((await refusal(distrustful.request("GET", "/x"))).status).toBe(0);
    expect(other.requests).toEqual([]);
    await distrustful.close();
    await other.close();
  });
});

describe("close", () => {
  test("lets what is under way end", async () => {
    const running = transport.request("GET", "/x", { query: { watch: "true" } });
    const open = await api.nextWatch();
    const closing = transport.close(3_600_000);
    open.write("{}");
    open.end();
    expect(await running).toEqual({});
    await closing;
  });

  test("cuts off what does not", async () => {
    const watching = all(transport.stream("/watch", { query: { watch: "true" } })).catch(() => {});
    const watch = await api.nextWatch();
    await transport.close(1);
    await watch.closed();
    await watching;
  });

  test("cuts off a request that is never answered", async () => {
    const running = refusal(transport.request("GET", "/x", { query: { watch: "true" } }));
    const open = await api.nextWatch();
    await transport.close(1);
    expect((await running).status).toBe(0);
    await open.closed();
  });

  test("has nothing to do where nothing was sent", async () => {
    await new Transport(api.kubeConfig()).close();
  });
});

describe("a server that is asked too much", () => {
  const busy = (retryAfter?: string) => ({
    status: 429,
    ...(retryAfter !== undefined && { headers: { "retry-after": retryAfter } }),
    body: { reason: "TooManyRequests" },
  });

  test("is asked again when it says so, for it has not looked at the request", async () => {
    api.answer("POST", "/x", busy("0"), busy("0"), { status: 201, body: { made: true } });
    expect(await transport.request("POST", "/x", { body: {} })).toEqual({ made: true });
    expect(api.requests).toHaveLength(3);
  });

  test("is not asked for ever", async () => {
    api.answer("GET", "/x", busy("0"));
    expect((await refusal(transport.request("GET", "/x"))).status).toBe(429);
    expect(api.requests).toHaveLength(5);
  });

  test("is left alone where it says that it will be for long", async () => {
    api.answer("GET", "/x", busy("31"));
    await refusal(transport.request("GET", "/x"));
    expect(api.requests).toHaveLength(1);
  });

  test("holds nobody up who wants to end", async () => {
    api.answer("GET", "/x", busy("30"));
    const waiting = refusal(transport.request("GET", "/x"));
    await vi.waitFor(() => expect(api.requests).toHaveLength(1));
    await transport.close();
    expect((await waiting).status).toBe(429);
  });
});

describe("what may pass", () => {
  test.each([
    ["a 500", { status: 500, body: { reason: "InternalError" } }],
    ["a 503", { status: 503, body: {} }],
    ["a 429 that does not say until when", { status: 429, body: {} }],
    ["a connection that breaks", "drop"],
  ] as const)("is tried again where it was %s, whatever was asked", async (_, answer) => {
    for (const method of ["GET", "PUT", "POST"] as const) {
      api.answer(method, "/x", answer, { body: { method } });
      expect(await transport.request(method, "/x")).toEqual({ method });
    }
    expect(api.requests).toHaveLength(6);
  });

  test("is told of at once to who has a patience of his own", async () => {
    api.answer("GET", "/x", { status: 500, body: {} }, { body: {} });
    await refusal(transport.request("GET", "/x", { once: true }));
    expect(api.requests).toHaveLength(1);
  });

  test.each([400, 403, 404, 409, 422])("is not what a %i is", async (status) => {
    api.answer("POST", "/x", { status, body: {} }, { body: {} });
    await refusal(transport.request("POST", "/x"));
    expect(api.requests).toHaveLength(1);
  });

  test("is not what no JSON is, and no more where the time is up", async () => {
    api.answer("GET", "/x", { body: "<html>" }, { body: {} });
    await refusal(transport.request("GET", "/x"));
    api.answer("GET", "/x", () => {
      vi.spyOn(performance, "now").mockReturnValue(Number.MAX_SAFE_INTEGER);
      return { status: 500, body: {} };
    });
    await refusal(transport.request("GET", "/x"));
    expect(api.requests).toHaveLength(2);
  });
});

test("each answer is told of, with its method, status and time, and one that never came as 0", async () => {
  const told: string[] = [];
  const onAnswer = ({ method, status, seconds }: { method: string; status: number; seconds: number }) => {
    expect(seconds).toBeGreaterThanOrEqual(0);
    told.push(`${method} ${status}`);
  };
  const observed = new Transport(api.kubeConfig(), { onAnswer });
  api.answer("GET", "/x", { body: {} });
  api.answer("PUT", "/x", { status: 409, body: {} });
  await observed.request("GET", "/x");
  await refusal(observed.request("PUT", "/x"));
  await api.close();
  await refusal(observed.request("GET", "/x", { once: true }));
  await observed.close();
  expect(told).toEqual(["GET 200", "PUT 409", "GET 0"]);
  api = await ApiServerDouble.start();
});

test("a rate that was asked for holds requests back", async () => {
  api.answer("GET", "/x", { body: {} });
  const slow = new Transport(api.kubeConfig(), { rate: { perSecond: 0.001, burst: 2 } });
  await Promise.all([slow.request("GET", "/x"), slow.request("GET", "/x")]);
  const gaveUp = new AbortController();
  const third = refusal(slow.request("GET", "/x", { signal: gaveUp.signal }));
  gaveUp.abort();
  expect((await third).status).toBe(0);
  expect(api.requests).toHaveLength(2);
  await slow.close();
});
