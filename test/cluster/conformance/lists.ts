import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, METADATA_LIST, METADATA_ONLY, TABLE } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/lists";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const NAMES = ["a", "b", "c", "d", "e"];

export function lists(caller: Caller): void {
  beforeAll(async () => {
    await caller.createNamespace("lists");
    for (const name of NAMES) {
      const labels = { name, vowel: "ae".includes(name) ? "yes" : "no" };
      await caller.create(CONFIG_MAPS, { metadata: { name, labels }, data: { name } });
    }
    await caller.create(`${NAMESPACE}/secrets`, { metadata: { name: "plain" } });
    await caller.create(`${NAMESPACE}/secrets`, { metadata: { name: "special" }, type: "example.com/special" });
  });

  test("name neither kind nor version of built-in items", async () => {
    const { status, body, names } = await caller.call("GET", CONFIG_MAPS);
    expect(status).toBe(200);
    expect(names).toEqual(NAMES);
    expect(body).toMatchObject({
      kind: "ConfigMapList",
      apiVersion: "v1",
      metadata: { resourceVersion: expect.any(String) },
    });
    expect(body.items?.[0]).not.toHaveProperty("kind");
  });

  test.for<[selector: string, names: string[]]>([
    ["labelSelector=vowel=yes", ["a", "e"]],
    ["labelSelector=vowel==yes", ["a", "e"]],
    ["labelSelector=vowel!=yes", ["b", "c", "d"]],
    ["labelSelector=name in (a,b),vowel=no", ["b"]],
    ["labelSelector=name notin (a,b)", ["c", "d", "e"]],
    ["labelSelector=name", NAMES],
    ["labelSelector=!name", []],
    ["labelSelector=other!=x", NAMES],
    ["fieldSelector=metadata.name=c", ["c"]],
    ["fieldSelector=metadata.name!=c,metadata.namespace=lists", ["a", "b", "d", "e"]],
    ["labelSelector=vowel=no&fieldSelector=metadata.name=a", []],
  ])("select by %s", async ([selector, names]) => {
    expect((await caller.call("GET", `${CONFIG_MAPS}?${encodeURI(selector)}`)).names).toEqual(names);
  });

  test("select Secrets by type", async () => {
    const answer = await caller.call("GET", `${NAMESPACE}/secrets?fieldSelector=type=example.com/special`);
    expect(answer.names).toEqual(["special"]);
  });

  test.for([
    "labelSelector=a===b",
    "fieldSelector=nonsense",
    "fieldSelector=data.name=a",
    "limit=x",
    "resourceVersion=abc",
    "continue=nonsense",
  ])("refuse %s", async (query) => {
    expect(await caller.call("GET", `${CONFIG_MAPS}?${query}`)).toMatchObject({ status: 400, reason: "BadRequest" });
  });

  test.for<[query: string, causes: string[]]>([
    ["resourceVersionMatch=Exact", ["resourceVersionMatch: FieldValueForbidden"]],
    ["resourceVersion=1&resourceVersionMatch=Bogus", ["resourceVersionMatch: FieldValueNotSupported"]],
    ["sendInitialEvents=true", ["sendInitialEvents: FieldValueForbidden"]],
  ])("refuse %s", async ([query, causes]) => {
    expect(await caller.call("GET", `${CONFIG_MAPS}?${query}`)).toMatchObject({
      status: 422,
      reason: "Invalid",
      causes,
    });
  });

  test("do not reach into the future", async () => {
    const answer = await caller.call("GET", `${CONFIG_MAPS}?resourceVersion=99999999`);
    expect(answer).toMatchObject({ status: 504, reason: "Timeout", causes: [": ResourceVersionTooLarge"] });
  });

  describe("in pages", () => {
    test("go on where they stopped, in the state of the first", async () => {
      const pages = `${CONFIG_MAPS}?limit=2`;
      const first = await caller.call("GET", pages);
      expect(first.names).toEqual(["a", "b"]);
      expect(first.body.metadata).toMatchObject({ continue: expect.any(String), remainingItemCount: 3 });

      await caller.create(CONFIG_MAPS, { metadata: { name: "bb" } });
      await caller.call("DELETE", `${CONFIG_MAPS}/c`);

      const second = await caller.call(
        "GET",
        `${pages}&continue=${encodeURIComponent(first.body.metadata.continue ?? "")}`,
      );
      expect(second.names).toEqual(["c", "d"]);
      expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);

      const third = await caller.call(
        "GET",
        `${pages}&continue=${encodeURIComponent(second.body.metadata.continue ?? "")}`,
      );
      expect(third.names).toEqual(["e"]);
      expect(third.body.metadata).not.toHaveProperty("continue");

      const { resourceVersion } = first.body.metadata;
      const exact = await caller.call(
        "GET",
        `${CONFIG_MAPS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`,
      );
      expect(exact.names).toEqual(NAMES);
      expect((await caller.call("GET", CONFIG_MAPS)).names).toEqual(["a", "b", "bb", "d", "e"]);
    });

    test("do not count what remains of a selection", async () => {
      const { names, body } = await caller.call("GET", `${CONFIG_MAPS}?limit=1&labelSelector=vowel=yes`);
      expect(names).toEqual(["a"]);
      expect(body.metadata).toHaveProperty("continue");
      expect(body.metadata).not.toHaveProperty("remainingItemCount");
    });

    test("have no resourceVersion of their own", async () => {
      const { body } = await caller.call("GET", `${CONFIG_MAPS}?limit=1`);
      const next = encodeURIComponent(body.metadata.continue ?? "");
      const answer = await caller.call("GET", `${CONFIG_MAPS}?limit=1&resourceVersion=1&continue=${next}`);
      expect(answer).toMatchObject({ status: 400, reason: "BadRequest" });
    });

    test("are not made of what may be of any age", async () => {
      const { names } = await caller.call("GET", `${CONFIG_MAPS}?limit=1&resourceVersion=0`);
      expect(names.length).toBeGreaterThan(1);
    });
  });

  test("show the metadata alone", async () => {
    const { body } = await caller.call("GET", `${CONFIG_MAPS}?limit=1`, { accept: METADATA_LIST });
    expect(body).toMatchObject({ kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" });
    expect(body.items?.[0]).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
    expect(body.items?.[0]).not.toHaveProperty("data");

    const one = await caller.call("GET", `${CONFIG_MAPS}/a`, { accept: METADATA_ONLY });
    expect(one.body).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "a" } });
  });

  test("are tables for kubectl", async () => {
    const { body } = await caller.call("GET", `${NAMESPACE}/secrets?fieldSelector=metadata.name=plain`, {
      accept: TABLE,
    });
    expect(body).toMatchObject({
      kind: "Table",
      columnDefinitions: [{ name: "Name" }, { name: "Type" }, { name: "Data" }, { name: "Age" }],
      rows: [{ cells: ["plain", "Opaque", 0, expect.any(String)], object: { metadata: { name: "plain" } } }],
    });
  });
}
