import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Caller, MERGE_PATCH, METADATA_ONLY, TABLE, type WatchEvent } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/watches";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const INITIAL = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
const INITIAL_EVENTS_END = { "k8s.io/initial-events-end": "true" };

function summary(events: readonly WatchEvent[]): string[] {
  return events.map(({ type, object }) => `${type} ${object.metadata.name}`);
}

export function watches(caller: Caller): void {
  /** Where the changes of a test begin. */
  let start: string;

  const patch = (name: string, body: object) => {
    return caller.call("PATCH", `${CONFIG_MAPS}/${name}`, { body, contentType: MERGE_PATCH });
  };

  beforeAll(async () => {
    await caller.createNamespace("watches");
    await caller.create("/api/v1/namespaces", { metadata: { name: "watches-other" } });
    for (const name of ["a", "b"]) await caller.create(CONFIG_MAPS, { metadata: { name, labels: { on: "no" } } });
  });
  beforeEach(async () => {
    start = (await caller.call("GET", CONFIG_MAPS)).body.metadata.resourceVersion;
  });

  test.for(["", "&resourceVersion=0"])("begin with what is there (%s)", async (query) => {
    expect(summary(await caller.watch(`${CONFIG_MAPS}?watch=true${query}`, 2))).toEqual(["ADDED a", "ADDED b"]);
  });

  test("tell what happened since a resourceVersion, in this namespace", async () => {
    const created = await caller.create(CONFIG_MAPS, { metadata: { name: "c" } });
    await caller.create("/api/v1/namespaces/watches-other/configmaps", { metadata: { name: "elsewhere" } });
    await patch("c", { data: { a: "b" } });
    await caller.call("DELETE", `${CONFIG_MAPS}/c`);
    const events = await caller.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${start}`, 3);
    expect(summary(events)).toEqual(["ADDED c", "MODIFIED c", "DELETED c"]);
    expect(events[2]?.object).toMatchObject({ kind: "ConfigMap", data: { a: "b" } });
    expect(Number(events[2]?.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(created.metadata.resourceVersion),
    );
  });

  test("tell what happens while they are open", async () => {
    const watched = caller.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${start}`, 2);
    await caller.create(CONFIG_MAPS, { metadata: { name: "live" } });
    await caller.call("DELETE", `${CONFIG_MAPS}/live`);
    expect(summary(await watched)).toEqual(["ADDED live", "DELETED live"]);
  });

  test("add what comes into a selection, and delete what leaves it", async () => {
    await patch("a", { metadata: { labels: { on: "yes" } } });
    await patch("a", { data: { still: "in" } });
    await patch("b", { data: { never: "in" } });
    await patch("a", { metadata: { labels: { on: "no" } } });
    const events = await caller.watch(`${CONFIG_MAPS}?watch=true&labelSelector=on=yes&resourceVersion=${start}`, 3);
    expect(summary(events)).toEqual(["ADDED a", "MODIFIED a", "DELETED a"]);
    expect(events[2]?.object.metadata).toMatchObject({ labels: { on: "yes" } });
  });

  test("watch one object by its name", async () => {
    await patch("a", { data: { x: "1" } });
    await patch("b", { data: { x: "1" } });
    const query = `watch=true&fieldSelector=metadata.name=b&resourceVersion=${start}`;
    expect(summary(await caller.watch(`${CONFIG_MAPS}?${query}`, 1))).toEqual(["MODIFIED b"]);
  });

  test("end when their time is over", async () => {
    const query = `watch=true&timeoutSeconds=1&resourceVersion=${start}`;
    expect(await caller.watch(`${CONFIG_MAPS}?${query}`, 100)).toEqual([]);
  });

  describe("that stream their list", () => {
    test("mark where it ends", async () => {
      const events = await caller.watch(`${CONFIG_MAPS}?watch=true&${INITIAL}&allowWatchBookmarks=true`, 3);
      expect(events.map(({ type }) => type)).toEqual(["ADDED", "ADDED", "BOOKMARK"]);
      expect(events[2]?.object).toMatchObject({ kind: "ConfigMap", metadata: { annotations: INITIAL_EVENTS_END } });
      expect(Number(events[2]?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(start));
    });

    test("do so whatever resourceVersion they start from", async () => {
      const query = `watch=true&${INITIAL}&allowWatchBookmarks=true&resourceVersion=${start}`;
      const events = await caller.watch(`${CONFIG_MAPS}?${query}`, 3);
      expect(events.map(({ type }) => type)).toEqual(["ADDED", "ADDED", "BOOKMARK"]);
    });

    test("go on with what happens", async () => {
      const onEvent = ({ type }: WatchEvent) => type === "BOOKMARK" && patch("a", { data: { next: start } });
      const events = await caller.watch(`${CONFIG_MAPS}?watch=true&${INITIAL}&allowWatchBookmarks=true`, 4, {
        onEvent,
      });
      expect(events.map(({ type }) => type)).toEqual(["ADDED", "ADDED", "BOOKMARK", "MODIFIED"]);
    });

    test("mark nothing for clients that want no bookmarks", async () => {
      const events = await caller.watch(`${CONFIG_MAPS}?watch=true&${INITIAL}&timeoutSeconds=1`, 100);
      expect(events.map(({ type }) => type)).toEqual(["ADDED", "ADDED"]);
    });
  });

  test("show the metadata alone", async () => {
    const query = `watch=true&${INITIAL}&allowWatchBookmarks=true&fieldSelector=metadata.name=a`;
    const [added, bookmark] = await caller.watch(`${CONFIG_MAPS}?${query}`, 2, { accept: METADATA_ONLY });
    expect(added).toMatchObject({ type: "ADDED", object: { kind: "PartialObjectMetadata", metadata: { name: "a" } } });
    expect(added?.object).not.toHaveProperty("data");
    expect(bookmark).toMatchObject({ type: "BOOKMARK", object: { kind: "PartialObjectMetadata" } });
  });

  test("are tables for kubectl, with the columns in the first one only", async () => {
    const events = await caller.watch(`${CONFIG_MAPS}?watch=true`, 2, { accept: TABLE });
    expect(events[0]?.object).toMatchObject({
      kind: "Table",
      rows: [{ cells: ["a", expect.any(Number), expect.any(String)] }],
    });
    expect(events.map(({ object }) => object["columnDefinitions"] !== null)).toEqual([true, false]);
  });

  test.for<[query: string, causes: string[]]>([
    ["sendInitialEvents=true", ["resourceVersionMatch: FieldValueForbidden"]],
    ["resourceVersionMatch=NotOlderThan", ["resourceVersionMatch: FieldValueForbidden"]],
  ])("refuse %s", async ([query, causes]) => {
    const answer = await caller.call("GET", `${CONFIG_MAPS}?watch=true&timeoutSeconds=1&${query}`);
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
  });

  test("refuse a time that is no number", async () => {
    const answer = await caller.call("GET", `${CONFIG_MAPS}?watch=true&timeoutSeconds=x`);
    expect(answer).toMatchObject({ status: 400, reason: "BadRequest" });
  });
}
