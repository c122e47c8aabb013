import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, MERGE_PATCH, STRATEGIC_MERGE_PATCH, TABLE } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/events";
const EVENTS = `${NAMESPACE}/events`;
const NEW_EVENTS = "/apis/events.k8s.io/v1/namespaces/events/events";
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/events/leases";

/** What controllers write beside their own objects. */
export function eventsAndLeases(caller: Caller): void {
  beforeAll(() => caller.createNamespace("events"));

  const about = { kind: "ConfigMap", namespace: "events", name: "subject", uid: "u" };
  const event = {
    involvedObject: about,
    reason: "Tested",
    message: "a message",
    type: "Normal",
    source: { component: "scenario" },
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:00:00Z",
    count: 1,
  };

  describe("events", () => {
    test("are counted up by a patch", async () => {
      await caller.create(EVENTS, { metadata: { name: "counted" }, ...event });
      const body = { count: 2, lastTimestamp: "2026-01-01T00:00:01Z" };
      const answer = await caller.call("PATCH", `${EVENTS}/counted`, { body, contentType: STRATEGIC_MERGE_PATCH });
      expect(answer).toMatchObject({ status: 200, body: { ...event, ...body } });
    });

    test("are made by PUT too", async () => {
      const body = { metadata: { name: "put" }, ...event };
      expect((await caller.call("PUT", `${EVENTS}/put`, { body })).status).toBe(201);
    });

    test("show what they do not have", async () => {
      const { body } = await caller.call("POST", EVENTS, {
        body: { metadata: { name: "bare" }, involvedObject: about },
      });
      const times = { firstTimestamp: null, lastTimestamp: null, eventTime: null };
      expect(body).toMatchObject({ ...times, source: {}, reportingComponent: "", reportingInstance: "" });
    });

    test("live in the namespace of what they are about", async () => {
      const body = { metadata: { name: "elsewhere" }, ...event, involvedObject: { ...about, namespace: "other" } };
      const causes = ["involvedObject.namespace: FieldValueInvalid"];
      expect(await caller.call("POST", EVENTS, { body })).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("are the same in both groups", async () => {
      await caller.create(EVENTS, { metadata: { name: "old" }, ...event });
      const { body } = await caller.call("GET", `${NEW_EVENTS}/old`);
      expect(body).toMatchObject({
        apiVersion: "events.k8s.io/v1",
        regarding: about,
        note: "a message",
        deprecatedCount: 1,
        deprecatedSource: { component: "scenario" },
      });
      expect(body).not.toHaveProperty("message");
    });

    const newEvent = {
      regarding: about,
      reason: "Tested",
      note: "a note",
      type: "Warning",
      action: "Testing",
      reportingController: "example.com/scenario",
      reportingInstance: "one",
      eventTime: "2026-01-01T00:00:00.000000Z",
    };

    test("of the new group are read by the old", async () => {
      await caller.create(NEW_EVENTS, { metadata: { name: "new" }, ...newEvent });
      const { body } = await caller.call("GET", `${EVENTS}/new`);
      expect(body).toMatchObject({
        apiVersion: "v1",
        involvedObject: about,
        message: "a note",
        reportingComponent: "example.com/scenario",
      });
    });

    test("of the new group say who did what", async () => {
      const body = { metadata: { name: "vague" }, ...newEvent, action: "", reason: "", type: "Odd" };
      const answer = await caller.call("POST", NEW_EVENTS, { body });
      const causes = ["action: FieldValueRequired", "reason: FieldValueRequired", "type: FieldValueInvalid"];
      expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("are selected by what they are about, as kubectl describe does", async () => {
      await caller.create(EVENTS, { metadata: { name: "mine" }, ...event, involvedObject: { ...about, name: "mine" } });
      const selector =
        "involvedObject.name=mine,involvedObject.namespace=events,involvedObject.kind=ConfigMap,type=Normal";
      expect((await caller.call("GET", `${EVENTS}?fieldSelector=${selector}`)).names).toEqual(["mine"]);
      const { body } = await caller.call("GET", `${EVENTS}?fieldSelector=${selector}`, { accept: TABLE });
      const cells = [expect.any(String), "Normal", "Tested", "configmap/mine", "", "scenario", "a message"];
      expect(body).toMatchObject({ rows: [{ cells: [...cells, expect.any(String), 1, "mine"] }] });
    });
  });

  describe("leases", () => {
    const spec = {
      holderIdentity: "me",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-01T00:00:00.000000Z",
      renewTime: "2026-01-01T00:00:00.500000Z",
      leaseTransitions: 0,
    };

    test("keep their microseconds, and an empty holder", async () => {
      const { body: created } = await caller.call("POST", LEASES, { body: { metadata: { name: "kept" }, spec } });
      expect(created["spec"]).toEqual(spec);
      const body = { ...created, spec: { ...spec, holderIdentity: "" } };
      const released = await caller.call("PUT", `${LEASES}/kept`, { body });
      expect(released.body["spec"]).toEqual({ ...spec, holderIdentity: "" });
    });

    test("go to one of two who want them", async () => {
      const { body } = await caller.call("POST", LEASES, { body: { metadata: { name: "wanted" }, spec } });
      const take = (holderIdentity: string) => {
        return caller.call("PUT", `${LEASES}/wanted`, { body: { ...body, spec: { ...spec, holderIdentity } } });
      };
      const answers = await Promise.all(["a", "b"].map(take));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    });

    test("are made by PUT, and not overwritten blindly", async () => {
      const put = () => caller.call("PUT", `${LEASES}/blind`, { body: { metadata: { name: "blind" }, spec } });
      expect((await put()).status).toBe(201);
      const causes = ["metadata.resourceVersion: FieldValueInvalid"];
      expect(await put()).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test.for<[what: string, change: object, status: number, causes: string[]]>([
      ["a time without microseconds", { renewTime: "2026-01-01T00:00:00Z" }, 400, []],
      ["no duration", { leaseDurationSeconds: 0 }, 422, ["spec.leaseDurationSeconds: FieldValueInvalid"]],
      ["a negative count", { leaseTransitions: -1 }, 422, ["spec.leaseTransitions: FieldValueInvalid"]],
    ])("refuse %s", async ([, change, status, causes]) => {
      const body = { metadata: { name: "refused" }, spec: { ...spec, ...change } };
      expect(await caller.call("POST", LEASES, { body })).toMatchObject({ status, causes });
    });

    test("are renewed by a patch", async () => {
      await caller.create(LEASES, { metadata: { name: "renewed" }, spec });
      const body = { spec: { renewTime: "2026-01-01T00:00:09.000000Z" } };
      const answer = await caller.call("PATCH", `${LEASES}/renewed`, { body, contentType: MERGE_PATCH });
      expect(answer.body["spec"]).toEqual({ ...spec, ...body.spec });
    });
  });
}
