import { afterEach, describe, expect, test, vi } from "vitest";
import { EventRecorder } from "../../src/kubernetes/events.ts";
import { api, startApiForEachTest, transport } from "../doubles/api-of-each-test.ts";
import { holds } from "../doubles/holds.ts";
import { observedSealedSecret } from "../doubles/objects.ts";
import { recordingLog } from "../doubles/recording-log.ts";

startApiForEachTest();

const PATH = "/api/v1/namespaces/shop/events";
const EVENT = { type: "Warning", reason: "ErrUnsealFailed", message: "Failed to unseal: x" } as const;

afterEach(async () => {
  vi.restoreAllMocks();
});

function sink() {
  const log = recordingLog();
  let now = new Date("2026-03-01T10:20:30.456Z");
  const later = (time: string) => {
    now = new Date(`2026-03-01T${time}Z`);
  };
  return { log, later, events: new EventRecorder({ transport, clock: { now: () => now }, log }) };
}

const posted = () => api.requests.filter(({ method }) => method === "POST");
const nameOf = (body: unknown) => (body as { metadata: { name: string } }).metadata.name;

test("an event as the Go controller posts it", async () => {
  api.answer("POST", PATH, { status: 201, body: {} });
  const { events, log } = sink();
  events.record(observedSealedSecret(), EVENT);
  await holds(() => expect(api.requests).toHaveLength(1));
  expect(api.requests[0]?.body).toEqual({
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace: "shop", name: expect.stringMatching(/^database\.[0-9a-f]{16}$/) },
    involvedObject: {
      apiVersion: "bitnami.com/v1alpha1",
      kind: "SealedSecret",
      namespace: "shop",
      name: "database",
      uid: "uid-1",
      resourceVersion: "30",
    },
    type: "Warning",
    reason: "ErrUnsealFailed",
    message: "Failed to unseal: x",
    source: { component: "sealed-secrets" },
    reportingComponent: "sealed-secrets",
    firstTimestamp: "2026-03-01T10:20:30Z",
    lastTimestamp: "2026-03-01T10:20:30Z",
    count: 1,
  });
  expect(log.lines).toEqual([]);
});

test("those that are refused are logged, once for all of them, and go no further", async () => {
  api.answer("POST", PATH, { status: 403, body: { reason: "Forbidden", message: "hunter2" } });
  const { events, log } = sink();
  for (const uid of ["uid-1", "uid-2", "uid-3"]) events.record(observedSealedSecret({ uid }), EVENT);
  await holds(() => expect(api.requests).toHaveLength(3));
  await events.stop();
  expect(log.lines).toHaveLength(1);
  expect(log.lines[0]).toEqual({
    level: "warn",
    event: "An event could not be recorded",
    namespace: "shop",
    name: "database",
    reason: "ErrUnsealFailed",
    message: `POST ${PATH}: Forbidden`,
  });
});

test.each(["a".repeat(253), `${"a".repeat(229)}.${"b".repeat(23)}`, `${"a".repeat(228)}--${"b".repeat(23)}`])(
  "a name as long as names may be (%s) gives an event a name that is one",
  async (name) => {
    api.answer("POST", PATH, { status: 201, body: {} });
    sink().events.record(observedSealedSecret({ name }), EVENT);
    await holds(() => expect(api.requests).toHaveLength(1));
    const [posted] = api.requests.map(({ body }) => (body as { metadata: { name: string } }).metadata.name);
    expect(posted?.length).toBeLessThanOrEqual(253);
    expect(posted).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  },
);

describe("what happens again", () => {
  const again = { count: 2, lastTimestamp: "2026-03-01T10:25:00Z" };

  test("is counted in the event that is there", async () => {
    api.answer("POST", PATH, { status: 201, body: {} });
    const { events, later } = sink();
    events.record(observedSealedSecret(), EVENT);
    await holds(() => expect(api.requests).toHaveLength(1));
    const path = `${PATH}/${nameOf(api.requests[0]?.body)}`;
    api.answer("PATCH", path, { body: {} });
    later("10:25:00");
    await holds(() => {
      events.record(observedSealedSecret({ resourceVersion: "31" }), EVENT);
      expect(api.requests.length).toBeGreaterThan(1);
    });
    expect(api.requests[1]).toMatchObject({ method: "PATCH", path, body: again });
    expect(api.requests[1]?.headers["content-type"]).toBe("application/merge-patch+json");
    await events.stop();
  });

  test("while it waits to be told of is told of once", async () => {
    api.answer("POST", PATH, { status: 201, body: {} });
    const { events } = sink();
    for (const name of ["a", "b"]) {
      for (let times = 0; times < 5; times++) events.record(observedSealedSecret({ name, uid: name }), EVENT);
    }
    await holds(() => expect(posted()).toHaveLength(2));
    expect(posted()[1]?.body).toMatchObject({ count: 5 });
    await events.stop();
  });

  test("after the API server has forgotten the event is a new one, with all that happened counted", async () => {
    api.answer("POST", PATH, { status: 201, body: {} });
    const { events, later } = sink();
    events.record(observedSealedSecret(), EVENT);
    await holds(() => expect(posted()).toHaveLength(1));
    const [first = ""] = posted().map(({ body }) => nameOf(body));
    api.answer("PATCH", `${PATH}/${first}`, { status: 404, body: { reason: "NotFound" } });
    later("10:25:00");
    events.record(observedSealedSecret(), EVENT);
    await holds(() => expect(posted()).toHaveLength(2));
    expect(posted()[1]?.body).toMatchObject({ ...again, firstTimestamp: "2026-03-01T10:25:00Z" });
    expect(nameOf(posted()[1]?.body)).not.toBe(first);
    await events.stop();
  });

  test("with other words is another event, and so is one about another object of that name", async () => {
    api.answer("POST", PATH, { status: 201, body: {} });
    const { events } = sink();
    events.record(observedSealedSecret(), EVENT);
    events.record(observedSealedSecret(), { ...EVENT, message: "Failed to unseal: y" });
    events.record(observedSealedSecret({ uid: "uid-2" }), EVENT);
    await holds(() => expect(posted()).toHaveLength(3));
    await events.stop();
  });
});

test("one whose first answer was lost is there, and no failure", async () => {
  api.answer("POST", PATH, "drop", { status: 409, body: { reason: "AlreadyExists" } });
  const { events, log } = sink();
  events.record(observedSealedSecret(), EVENT);
  await holds(() => expect(posted()).toHaveLength(2));
  await events.stop();
  expect(log.lines).toEqual([]);
  expect(new Set(posted().map(({ body }) => nameOf(body))).size).toBe(1);
});

describe("floods", () => {
  const events = (recorder: EventRecorder, count: number, about: object, type: "Warning" | "Normal" = "Warning") => {
    for (let index = 0; index < count; index++) {
      recorder.record(observedSealedSecret(about), { ...EVENT, type, message: `${type} ${index}` });
    }
  };
  const messages = () => posted().map(({ body }) => (body as { message: string }).message);

  test("about one object end after 25, and another one has its say", async () => {
    api.answer("POST", PATH, { status: 201, body: {} });
    const { events: recorder } = sink();
    events(recorder, 40, { uid: "loud" });
    events(recorder, 1, { uid: "quiet" });
    await holds(() => expect(posted()).toHaveLength(26));
    await recorder.stop();
  });

  test("of all objects wait, warnings before what is well, and are dropped beyond a number", async () => {
    const slow = Promise.withResolvers<void>();
    const request = vi.spyOn(transport, "request").mockImplementation(() => slow.promise);
    const { events: recorder } = sink();
    for (let uid = 0; uid < 300; uid++) events(recorder, 10, { uid: `well-${uid}` }, "Normal");
    for (let uid = 0; uid < 300; uid++) events(recorder, 10, { uid: `bad-${uid}` });
    await holds(() => expect(request).toHaveBeenCalled());
    expect(request).toHaveBeenCalledTimes(1);
    request.mockRestore();
    api.answer("POST", PATH, { status: 201, body: {} });
    slow.resolve();
    await holds(() => expect(posted().length).toBeGreaterThan(50));
    await recorder.stop();
    expect(messages().every((message) => message.startsWith("Warning"))).toBe(true);
  });

  test("do not hold up who wants to end", async () => {
    api.answer("POST", PATH, { status: 201, body: {} });
    const { events: recorder } = sink();
    for (let uid = 0; uid < 300; uid++) events(recorder, 3, { uid: `bad-${uid}` });
    await recorder.stop();
    expect(posted().length).toBeLessThan(5);
    events(recorder, 1, { uid: "late" });
    expect(posted().length).toBeLessThan(5);
  });
});
