import { afterEach, beforeEach, expect, test } from "vitest";
import { eventSink } from "../../src/kubernetes/events.ts";
import { Transport } from "../../src/kubernetes/transport.ts";
import { ApiServerDouble } from "../doubles/api-server.ts";
import { holds } from "../doubles/holds.ts";
import { observedSealedSecret } from "../doubles/objects.ts";
import { recordingLog } from "../doubles/recording-log.ts";

const PATH = "/api/v1/namespaces/shop/events";
const EVENT = { type: "Warning", reason: "ErrUnsealFailed", message: "Failed to unseal: x" } as const;

let api: ApiServerDouble;
let transport: Transport;

beforeEach(async () => {
  api = await ApiServerDouble.start();
  transport = new Transport(api.kubeConfig());
});

afterEach(async () => {
  await transport.close();
  await api.close();
});

function sink() {
  const log = recordingLog();
  const clock = { now: () => new Date("2026-03-01T10:20:30.456Z") };
  return { log, events: eventSink({ transport, clock, log }) };
}

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

test("one that is refused is logged, and goes no further", async () => {
  api.answer("POST", PATH, { status: 403, body: { reason: "Forbidden", message: "hunter2" } });
  const { events, log } = sink();
  events.record(observedSealedSecret(), EVENT);
  await holds(() => expect(log.lines).toHaveLength(1));
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
