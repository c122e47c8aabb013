import { beforeAll, describe, expect, test } from "vitest";
import { applyManifests } from "../apply-manifests.ts";
import type { Cluster } from "../cluster.ts";
import { type Caller, MERGE_PATCH, METADATA_ONLY, TABLE } from "./caller.ts";
import { WIDGETS_VERSION, widget, widgetDefinition } from "./widget.ts";

const NAMESPACE = "/apis/conformance.example.com/v1/namespaces/widgets";
const WIDGETS = `${NAMESPACE}/widgets`;

/** What the server adds to every widget. */
const DEFAULTS = { color: "red", note: "none", defaulted: { inner: 3 } };

export function customResources(caller: Caller, cluster: () => Cluster): void {
  beforeAll(async () => {
    await applyManifests(cluster(), [widgetDefinition]);
    await caller.createNamespace("widgets");
  });

  const create = (body: object, query = "") => caller.call("POST", WIDGETS + query, { body });

  test("are discovered", async () => {
    const resources = await caller.call("GET", `/apis/${WIDGETS_VERSION}`);
    expect(resources.body).toMatchObject({
      kind: "APIResourceList",
      groupVersion: WIDGETS_VERSION,
      resources: [
        {
          name: "widgets",
          singularName: "widget",
          namespaced: true,
          kind: "Widget",
          shortNames: ["wd"],
          categories: ["toys"],
          verbs: expect.arrayContaining([
            "create",
            "delete",
            "deletecollection",
            "get",
            "list",
            "patch",
            "update",
            "watch",
          ]),
        },
        { name: "widgets/status", kind: "Widget", verbs: ["get", "patch", "update"] },
      ],
    });
    const group = await caller.call("GET", "/apis/conformance.example.com");
    expect(group.body).toMatchObject({ kind: "APIGroup", preferredVersion: { groupVersion: WIDGETS_VERSION } });
  });

  describe("when written", () => {
    test("get their defaults", async () => {
      const { status, body } = await create(widget("defaults"));
      expect(status).toBe(201);
      expect(body["spec"]).toEqual({ size: 1, ...DEFAULTS });
      expect(body.metadata.generation).toBe(1);
    });

    test("lose what the schema does not know, with a warning", async () => {
      const spec = { extra: 1, list: [{ key: "a", extra: 1 }] };
      const { status, body, warnings } = await create({ ...widget("pruned", spec), top: 1 });
      expect(status).toBe(201);
      expect(warnings).toEqual([
        'unknown field "spec.extra"',
        'unknown field "spec.list[0].extra"',
        'unknown field "top"',
      ]);
      expect(body["spec"]).toEqual({ size: 1, ...DEFAULTS, list: [{ key: "a" }] });
      expect(body).not.toHaveProperty("top");
    });

    test("keep it where the schema says so", async () => {
      const raw = { known: 1, unknown: { deep: null } };
      const { body, warnings } = await create(widget("preserved", { raw }));
      expect(warnings).toEqual([]);
      expect(body["spec"]).toMatchObject({ raw });
    });

    test("are refused for it where the client wants that", async () => {
      const answer = await create(widget("strict", { extra: 1 }), "?fieldValidation=Strict");
      expect(answer).toMatchObject({ status: 400, reason: "BadRequest" });
    });

    test("lose nulls that may not be, and keep those that may", async () => {
      const spec = {
        color: null,
        note: null,
        name: null,
        list: null,
        defaulted: null,
        map: { a: null, b: "c" },
        nullableMap: { a: null },
      };
      const { status, body } = await create(widget("nulls", spec));
      expect(status).toBe(201);
      const kept = { note: null, map: { b: "c" }, nullableMap: { a: null } };
      expect(body["spec"]).toEqual({ size: 1, color: "red", defaulted: { inner: 3 }, ...kept });
    });

    test.for([5, "5", 1.5])("take an int or a string, and no other number (%s)", async (port) => {
      const answer = await create(widget(`port-${JSON.stringify(port).replaceAll(/\W/g, "-")}x`, { port }));
      expect(answer.status).toBe(port === 1.5 ? 422 : 201);
    });

    test.for<[what: string, spec: object | null, causes: string[]]>([
      ["a null for the spec", null, ["spec: FieldValueRequired"]],
      ["a list for the spec", [], ["spec: FieldValueTypeInvalid"]],
      ["a string for an integer", { size: "1" }, ["spec.size: FieldValueTypeInvalid"]],
      ["a fraction for an integer", { size: 1.5 }, ["<nil>: FieldValueInvalid", "spec.size: FieldValueTypeInvalid"]],
      ["what is too large", { size: 11 }, ["spec.size: FieldValueInvalid"]],
      ["what is too small", { size: 0 }, ["spec.size: FieldValueInvalid"]],
      ["what does not fit 32 bits", { small: 3_000_000_000 }, ["<nil>: FieldValueInvalid"]],
      ["what is none of the options", { color: "green" }, ["spec.color: FieldValueNotSupported"]],
      ["what is too short", { name: "a" }, ["spec.name: FieldValueInvalid"]],
      ["what is too long", { name: "abcdef" }, ["spec.name: FieldValueTooLong"]],
      ["what does not match", { name: "ABC" }, ["spec.name: FieldValueInvalid"]],
      ["a number in a map of strings", { map: { a: 1 } }, ["spec.map.a: FieldValueTypeInvalid"]],
      ["too many items", { set: ["a", "b", "c", "d"] }, ["spec.set: FieldValueTooMany"]],
      ["an item twice", { set: ["a", "a"] }, ["spec.set[1]: FieldValueDuplicate"]],
      ["a key twice", { list: [{ key: "a" }, { key: "a" }] }, ["spec.list[1]: FieldValueDuplicate"]],
      ["an item without its key", { list: [{ value: "a" }] }, ["spec.list[0].key: FieldValueRequired"]],
      ["no int or string", { port: true }, ["spec.port: FieldValueTypeInvalid"]],
      ["no time", { when: "yesterday" }, ["spec.when: FieldValueTypeInvalid"]],
      ["no base64", { bytes: "%" }, ["spec.bytes: FieldValueTypeInvalid"]],
      ["no number", { fraction: "x" }, ["spec.fraction: FieldValueTypeInvalid"]],
      ["no boolean", { flag: "x" }, ["spec.flag: FieldValueTypeInvalid"]],
      ["none of the alternatives", { either: {} }, ["<nil>: FieldValueInvalid", "spec.either.a: FieldValueRequired"]],
    ])("are refused for %s", async ([, spec, causes]) => {
      const answer = await create(widget("invalid", spec));
      expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
      expect(answer.body).toMatchObject({
        details: { name: "invalid", group: "conformance.example.com", kind: "Widget" },
      });
    });

    test.for<[what: string, body: object, status: number, reason: string, causes: string[]]>([
      ["no kind", { metadata: { name: "x" }, spec: { size: 1 } }, 400, "BadRequest", []],
      ["no spec", { ...widget("x"), spec: undefined }, 422, "Invalid", ["spec: FieldValueRequired"]],
      ["another version", { ...widget("x"), apiVersion: "conformance.example.com/v2" }, 400, "BadRequest", []],
      ["another kind", { ...widget("x"), kind: "Gadget" }, 422, "Invalid", ["kind: FieldValueInvalid"]],
      ["a name that is none", widget("Not_a.name"), 422, "Invalid", ["metadata.name: FieldValueInvalid"]],
      [
        "metadata of the wrong type",
        { ...widget("x"), metadata: { name: "x", labels: { a: 1 } } },
        400,
        "BadRequest",
        [],
      ],
    ])("are refused for %s", async ([, body, status, reason, causes]) => {
      expect(await create(body)).toMatchObject({ status, reason, causes });
    });
  });

  describe("when replaced", () => {
    test("must say what they replace", async () => {
      await create(widget("unconditional"));
      const answer = await caller.call("PUT", `${WIDGETS}/unconditional`, { body: widget("unconditional") });
      const causes = ["metadata.resourceVersion: FieldValueInvalid"];
      expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("count changes of the spec, and no others", async () => {
      const created = (await create(widget("counted"))).body;
      const put = async (change: object) => {
        const { body: current } = await caller.call("GET", `${WIDGETS}/counted`);
        return (await caller.call("PUT", `${WIDGETS}/counted`, { body: { ...current, ...change } })).body.metadata;
      };
      const labelled = await put({ metadata: { ...created.metadata, labels: { a: "b" } } });
      expect(labelled.generation).toBe(1);
      expect(labelled.resourceVersion).not.toBe(created.metadata.resourceVersion);
      expect((await put({ spec: { size: 2 } })).generation).toBe(2);
      const unchanged = await put({});
      expect(unchanged.generation).toBe(2);
    });
  });

  test("are applied item by item, where their lists have keys", async () => {
    const apply = (manager: string, spec: object) => caller.apply(`${WIDGETS}/shared`, manager, widget("shared", spec));
    await apply("me", {
      list: [
        { key: "a", value: "1" },
        { key: "b", value: "1" },
      ],
      set: ["x"],
    });
    const both = await apply("you", { list: [{ key: "c", value: "2" }], set: ["y"] });
    expect(both.body["spec"]).toMatchObject({ list: [{ key: "a" }, { key: "b" }, { key: "c" }], set: ["x", "y"] });
    const rest = await apply("me", { list: [{ key: "a", value: "1" }] });
    expect(rest.body["spec"]).toMatchObject({ list: [{ key: "a" }, { key: "c" }], set: ["y"] });
    const conflict = await apply("you", { list: [{ key: "a", value: "2" }] });
    expect(conflict).toMatchObject({ status: 409, causes: ['.spec.list[key="a"].value: FieldManagerConflict'] });
  });

  test("are listed with their kind, by page, and by name", async () => {
    await create(widget("listed-a"));
    await create(widget("listed-b"));
    const { body, names } = await caller.call("GET", `${WIDGETS}?limit=1&fieldSelector=metadata.name=listed-b`);
    expect(names).toEqual(["listed-b"]);
    expect(body).toMatchObject({ kind: "WidgetList", items: [{ kind: "Widget", apiVersion: WIDGETS_VERSION }] });
    const everywhere = await caller.call("GET", "/apis/conformance.example.com/v1/widgets?limit=1");
    expect(everywhere.names).toHaveLength(1);
    const answer = await caller.call("GET", `${WIDGETS}?fieldSelector=spec.size=1`);
    expect(answer).toMatchObject({ status: 400, reason: "BadRequest" });
  });

  test("are tables with the columns of their definition", async () => {
    const { body: object } = await create(widget("row", { size: 4 }));
    const status = {
      phase: "Shown",
      conditions: [
        { type: "Other", status: "False" },
        { type: "Ready", status: "True" },
      ],
    };
    await caller.call("PUT", `${WIDGETS}/row/status`, { body: { ...object, status } });
    const { body } = await caller.call("GET", `${WIDGETS}/row`, { accept: TABLE });
    expect(body).toMatchObject({
      kind: "Table",
      columnDefinitions: [
        { name: "Name", type: "string", format: "name", priority: 0 },
        { name: "Phase", type: "string", priority: 0 },
        { name: "Ready", type: "string", priority: 0 },
        { name: "Size", type: "integer", priority: 1 },
        { name: "Age", type: "date", priority: 0 },
      ],
      rows: [{ cells: ["row", "Shown", "True", 4, expect.stringMatching(/^\d+s$/)] }],
    });
    const { body: metadata } = await caller.call("GET", `${WIDGETS}/row`, { accept: METADATA_ONLY });
    expect(metadata).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "row" } });
    expect(metadata).not.toHaveProperty("spec");
  });

  test("take no strategic merge patch", async () => {
    await create(widget("strategic"));
    const answer = await caller.call("PATCH", `${WIDGETS}/strategic`, {
      body: { spec: { size: 2 } },
      contentType: "application/strategic-merge-patch+json",
    });
    expect(answer).toMatchObject({ status: 415, reason: "UnsupportedMediaType" });
  });

  test("refuse a patch to what is invalid, or not known, where the client wants that", async () => {
    await create(widget("badly-patched"));
    const patch = (spec: object, query = "") => {
      const options = { body: { spec }, contentType: MERGE_PATCH };
      return caller.call("PATCH", `${WIDGETS}/badly-patched${query}`, options);
    };
    expect(await patch({ size: 50 })).toMatchObject({ status: 422, causes: ["spec.size: FieldValueInvalid"] });
    expect(await patch({ extra: 1 })).toMatchObject({ status: 200, warnings: ['unknown field "spec.extra"'] });
    const strict = await patch({ extra: 1 }, "?fieldValidation=Strict");
    expect(strict).toMatchObject({ status: 422, reason: "Invalid", causes: ["patch: FieldValueInvalid"] });
  });
}
