import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Caller, MERGE_PATCH } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/objects";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;

/** What holds for objects of any kind. */
export function objects(caller: Caller): void {
  beforeAll(() => caller.createNamespace("objects"));

  describe("creating", () => {
    test("fills in what the server decides, and ignores what the client says of it", async () => {
      const metadata = {
        name: "new",
        uid: "x",

        selfLink: "/x",
        creationTimestamp: "2001-01-01T00:00:00Z",
      };
      const { status, body } = await caller.call("POST", CONFIG_MAPS, { body: { metadata, data: { a: "b" } } });
      expect(status).toBe(201);
      expect(body).toMatchObject({ kind: "ConfigMap", apiVersion: "v1", data: { a: "b" } });
      expect(body.metadata).toMatchObject({
        name: "new",
        namespace: "objects",
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: expect.stringMatching(/^\d+$/),
        creationTimestamp: expect.stringMatching(/^20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
      expect(body.metadata).not.toHaveProperty("selfLink");
    });

    test("generates a name", async () => {
      const created = await caller.create(CONFIG_MAPS, { metadata: { generateName: "generated-" } });
      expect(created.metadata.name).toMatch(/^generated-[b-df-hj-np-tv-xz2-9]{5}$/);
    });

    test("refuses a second object of the same name", async () => {
      await caller.create(CONFIG_MAPS, { metadata: { name: "twice" } });
      const answer = await caller.call("POST", CONFIG_MAPS, { body: { metadata: { name: "twice" } } });
      expect(answer).toMatchObject({ status: 409, reason: "AlreadyExists" });
      expect(answer.body).toMatchObject({ details: { name: "twice", kind: "configmaps" } });
    });

    test("refuses an object in a namespace that is not there", async () => {
      const path = "/api/v1/namespaces/nowhere/configmaps";
      const answer = await caller.call("POST", path, { body: { metadata: { name: "x" } } });
      expect(answer).toMatchObject({ status: 404, reason: "NotFound" });
      expect(answer.body).toMatchObject({ details: { name: "nowhere", kind: "namespaces" } });
    });

    test("keeps nothing of a dry run", async () => {
      const body = { metadata: { name: "dry" } };
      const { status, body: shown } = await caller.call("POST", `${CONFIG_MAPS}?dryRun=All`, { body });
      expect(status).toBe(201);
      expect(shown.metadata).toMatchObject({ name: "dry", uid: expect.any(String) });
      expect(shown.metadata).not.toHaveProperty("resourceVersion");
      expect(await caller.call("GET", `${CONFIG_MAPS}/dry`)).toMatchObject({ status: 404, reason: "NotFound" });
    });

    test("takes YAML", async () => {
      const body = "metadata:\n  name: from-yaml\ndata: {a: b}\n";
      const answer = await caller.call("POST", CONFIG_MAPS, { body, contentType: "application/yaml" });
      expect(answer).toMatchObject({ status: 201, body: { data: { a: "b" } } });
    });

    test.for<[what: string, body: unknown, status: number, reason: string | undefined]>([
      ["what is not JSON", "{nonsense", 400, "BadRequest"],
      ["an empty body", "", 400, "BadRequest"],
      ["a list", [], 400, "BadRequest"],
      ["another kind", { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } }, 400, "BadRequest"],
      ["another version", { apiVersion: "v2", kind: "ConfigMap", metadata: { name: "x" } }, 400, "BadRequest"],
      ["another namespace than the URL's", { metadata: { name: "x", namespace: "default" } }, 400, "BadRequest"],
      ["a value of the wrong type", { metadata: { name: "x" }, data: { a: 1 } }, 400, "BadRequest"],
      ["metadata of the wrong type", { metadata: { name: "x", labels: { a: 1 } } }, 400, "BadRequest"],
      ["a resourceVersion", { metadata: { name: "x", resourceVersion: "1" } }, 500, undefined],
    ])("refuses %s", async ([, body, status, reason]) => {
      expect(await caller.call("POST", CONFIG_MAPS, { body })).toMatchObject({ status, reason });
    });

    test.for<[what: string, metadata: object, causes: string[]]>([
      ["no name", {}, ["metadata.name: FieldValueRequired"]],
      ["a name that is none", { name: "Not_a.name" }, ["metadata.name: FieldValueInvalid"]],
      ["a name that is too long", { name: "x".repeat(254) }, ["metadata.name: FieldValueInvalid"]],
      ["a label key that is none", { name: "x", labels: { "a b": "c" } }, ["metadata.labels: FieldValueInvalid"]],
      ["a label key of three parts", { name: "x", labels: { "a/b/c": "d" } }, ["metadata.labels: FieldValueInvalid"]],
      ["a label value that is none", { name: "x", labels: { a: "b c" } }, ["metadata.labels: FieldValueInvalid"]],
      [
        "a label value that is too long",
        { name: "x", labels: { a: "b".repeat(64) } },
        ["metadata.labels: FieldValueInvalid"],
      ],
      [
        "an annotation key that is none",
        { name: "x", annotations: { "a b": "" } },
        ["metadata.annotations: FieldValueInvalid"],
      ],
      [
        "annotations that are too long",
        { name: "x", annotations: { a: "b".repeat(256 * 1024) } },
        ["metadata.annotations: FieldValueTooLong"],
      ],
      [
        "a finalizer without a domain",
        { name: "x", finalizers: ["mine"] },
        ["metadata.finalizers[0]: FieldValueInvalid"],
      ],
      [
        "an owner that is not named",
        { name: "x", ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", uid: "u" }] },
        ["metadata.ownerReferences.name: FieldValueInvalid"],
      ],
      [
        "two controllers",
        {
          name: "x",
          ownerReferences: ["a", "b"].map((name) => {
            return { apiVersion: "v1", kind: "ConfigMap", name, uid: name, controller: true };
          }),
        },
        ["metadata.ownerReferences: FieldValueInvalid"],
      ],
    ])("refuses %s", async ([, metadata, causes]) => {
      const answer = await caller.call("POST", CONFIG_MAPS, { body: { metadata } });
      expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("refuses a body of more than 3 MiB", async () => {
      const body = { metadata: { name: "x" }, data: { a: "x".repeat(3 * 1024 * 1024) } };
      const answer = await caller.call("POST", CONFIG_MAPS, { body });
      expect(answer).toMatchObject({ status: 413, reason: "RequestEntityTooLarge" });
    });
  });

  describe("fields that the kind does not have", () => {
    const body = { metadata: { name: "unknown-fields", foo: 1 }, bar: 1 };
    const unknown = ['unknown field "metadata.foo"', 'unknown field "bar"'];

    test.for<[query: string, warnings: string[]]>([
      ["", unknown],
      ["&fieldValidation=Warn", unknown],
      ["&fieldValidation=Ignore", []],
    ])("are dropped, and warned of unless ignored (%s)", async ([query, warnings]) => {
      const answer = await caller.call("POST", `${CONFIG_MAPS}?dryRun=All${query}`, { body });
      expect(answer).toMatchObject({ status: 201, warnings });
      expect(answer.body).not.toHaveProperty("bar");
    });

    test("may have any name", async () => {
      const answer = await caller.call("POST", `${CONFIG_MAPS}?dryRun=All`, {
        body: { metadata: { name: "any" }, "schlüssel🔑": 1 },
      });
      expect(answer.status).toBe(201);
      expect(answer.warnings).toHaveLength(1);
    });

    test("are refused where the client wants that", async () => {
      const answer = await caller.call("POST", `${CONFIG_MAPS}?dryRun=All&fieldValidation=Strict`, { body });
      expect(answer).toMatchObject({ status: 400, reason: "BadRequest" });
    });
  });

  test.for<[query: string, causes: string[]]>([
    ["fieldValidation=Bogus", ["fieldValidation: FieldValueNotSupported"]],
    ["dryRun=Bogus", ["dryRun: FieldValueNotSupported"]],
  ])("refuses the option %s", async ([query, causes]) => {
    const answer = await caller.call("POST", `${CONFIG_MAPS}?${query}`, { body: { metadata: { name: "x" } } });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
  });

  describe("replacing", () => {
    test("takes a stale resourceVersion for a conflict", async () => {
      const { metadata } = await caller.create(CONFIG_MAPS, { metadata: { name: "stale" } });
      const body = { metadata: { name: "stale", resourceVersion: metadata.resourceVersion }, data: { a: "b" } };
      expect((await caller.call("PUT", `${CONFIG_MAPS}/stale`, { body })).status).toBe(200);
      const answer = await caller.call("PUT", `${CONFIG_MAPS}/stale`, { body });
      expect(answer).toMatchObject({ status: 409, reason: "Conflict" });
      expect(answer.body).toMatchObject({ details: { name: "stale", kind: "configmaps" } });
    });

    test("overwrites whatever is there where no resourceVersion is said, and keeps who the object is", async () => {
      const { metadata } = await caller.create(CONFIG_MAPS, { metadata: { name: "whatever", labels: { a: "b" } } });
      const body = { metadata: { name: "whatever" }, data: { c: "d" } };
      const { status, body: replaced } = await caller.call("PUT", `${CONFIG_MAPS}/whatever`, { body });
      expect(status).toBe(200);
      expect(replaced.metadata).toMatchObject({ uid: metadata.uid });
      expect(replaced.metadata).not.toHaveProperty("labels");
      expect(replaced["data"]).toEqual({ c: "d" });
    });

    test("does not count where nothing changes", async () => {
      const { metadata } = await caller.create(CONFIG_MAPS, { metadata: { name: "same" }, data: { a: "b" } });
      const body = { metadata: { name: "same" }, data: { a: "b" } };
      const answer = await caller.call("PUT", `${CONFIG_MAPS}/same`, { body });
      expect(answer.body.metadata.resourceVersion).toBe(metadata.resourceVersion);
    });

    test.for<[what: string, body: object, status: number, reason: string]>([
      ["no name", { metadata: {} }, 400, "BadRequest"],
      ["another name", { metadata: { name: "other" } }, 400, "BadRequest"],
      ["another namespace", { metadata: { name: "replaced", namespace: "other" } }, 400, "BadRequest"],
      ["the uid of another object", { metadata: { name: "replaced", uid: "other" } }, 409, "Conflict"],
    ])("refuses %s", async ([, body, status, reason]) => {
      await caller.call("POST", CONFIG_MAPS, { body: { metadata: { name: "replaced" } } });
      expect(await caller.call("PUT", `${CONFIG_MAPS}/replaced`, { body })).toMatchObject({ status, reason });
    });

    test("does not make what is not there", async () => {
      const answer = await caller.call("PUT", `${CONFIG_MAPS}/absent`, { body: { metadata: { name: "absent" } } });
      expect(answer).toMatchObject({ status: 404, reason: "NotFound" });
    });

    test.for(["deletionTimestamp", "uid"])("does not let a patch change the %s", async (field) => {
      const name = `immutable-${field.toLowerCase()}`;
      await caller.create(CONFIG_MAPS, { metadata: { name } });
      const body = { metadata: { [field]: field === "uid" ? "other" : "2001-01-01T00:00:00Z" } };
      const answer = await caller.call("PATCH", `${CONFIG_MAPS}/${name}`, { body, contentType: MERGE_PATCH });
      expect(answer).toMatchObject({
        status: 422,
        reason: "Invalid",
        causes: [`metadata.${field}: FieldValueInvalid`],
      });
    });
  });

  describe("what is not there", () => {
    test.for<[method: string, path: string, status: number, reason: string | undefined]>([
      ["GET", `${CONFIG_MAPS}/absent`, 404, "NotFound"],
      ["GET", "/api/v1/namespaces/nowhere/configmaps/absent", 404, "NotFound"],
      ["GET", "/api/v1/nonsense", 404, "NotFound"],
      ["GET", "/api/v1/configmaps/needs-a-namespace", 404, "NotFound"],
      ["GET", `${NAMESPACE}/namespaces`, 404, "NotFound"],
      ["GET", `${CONFIG_MAPS}/absent/scale`, 404, "NotFound"],
      ["GET", "/apis/no.such.group/v1/things", 404, undefined],
      ["GET", "/nonsense", 404, undefined],
      ["POST", `${CONFIG_MAPS}/absent`, 405, "MethodNotAllowed"],
      ["PUT", CONFIG_MAPS, 405, "MethodNotAllowed"],
      ["POST", "/api/v1/configmaps", 405, "MethodNotAllowed"],
      ["DELETE", "/api/v1/configmaps", 405, "MethodNotAllowed"],
      ["DELETE", "/api/v1/namespaces", 405, "MethodNotAllowed"],
    ])("%s %s", async ([method, path, status, reason]) => {
      const body = method === "POST" || method === "PUT" ? { body: { metadata: { name: "absent" } } } : {};
      expect(await caller.call(method, path, body)).toMatchObject({ status, reason });
    });

    test("an empty list of a namespace that does not exist", async () => {
      const answer = await caller.call("GET", "/api/v1/namespaces/nowhere/configmaps");
      expect(answer).toMatchObject({ status: 200, body: { kind: "ConfigMapList", items: [] } });
    });
  });

  test("answers in YAML to those who want that", async () => {
    await caller.create(CONFIG_MAPS, { metadata: { name: "as-yaml" }, data: { a: "1" } });
    const { headers, text } = await caller.call("GET", `${CONFIG_MAPS}/as-yaml`, { accept: "application/yaml" });
    expect(headers["content-type"]).toBe("application/yaml");
    expect(parse(text)).toMatchObject({ kind: "ConfigMap", data: { a: "1" } });
  });

  test("refuses a media type that it cannot answer in", async () => {
    const answer = await caller.call("GET", CONFIG_MAPS, { accept: "text/html" });
    expect(answer).toMatchObject({ status: 406, reason: "NotAcceptable" });
  });

  test("refuses a media type that it cannot read", async () => {
    const answer = await caller.call("POST", CONFIG_MAPS, { body: "x", contentType: "text/plain" });
    expect(answer).toMatchObject({ status: 415, reason: "UnsupportedMediaType" });
  });
}
