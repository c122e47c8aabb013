import { beforeAll, describe, expect, test } from "vitest";
import { APPLY_PATCH, type Caller, MERGE_PATCH, type StoredObject } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/apply";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const SECRETS = `${NAMESPACE}/secrets`;
const SERVICES = `${NAMESPACE}/services`;

interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: object;
}

/** Who owns what: `manager operation` to fields. */
function owners({ metadata }: StoredObject): Record<string, object> {
  const entries = (metadata.managedFields ?? []) as readonly Owner[];
  return Object.fromEntries(entries.map(({ manager, operation, fieldsV1 }) => [`${manager} ${operation}`, fieldsV1]));
}

export function serverSideApply(caller: Caller): void {
  beforeAll(() => caller.createNamespace("apply"));

  const configMap = (name: string, data: object, metadata: object = {}) => {
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, data };
  };
  const apply = (name: string, manager: string, data: object, metadata: object = {}, query = "") => {
    return caller.apply(`${CONFIG_MAPS}/${name}`, manager, configMap(name, data, metadata), query);
  };

  describe("owners", () => {
    test("are those who apply, of what they apply", async () => {
      const answer = await apply("applied", "me", { a: "1", b: "2" }, { labels: { x: "y" } });
      expect(answer).toMatchObject({ status: 201, body: { data: { a: "1", b: "2" } } });
      expect(owners(answer.body)).toEqual({
        "me Apply": { "f:data": { "f:a": {}, "f:b": {} }, "f:metadata": { "f:labels": { "f:x": {} } } },
      });
    });

    test("are those who create, replace and patch, of what they change", async () => {
      const body = { metadata: { name: "written" }, data: { a: "1", b: "2" } };
      const created = await caller.call("POST", `${CONFIG_MAPS}?fieldManager=creator`, { body });
      expect(owners(created.body)).toEqual({ "creator Update": { "f:data": { ".": {}, "f:a": {}, "f:b": {} } } });

      const replacement = { metadata: { name: "written" }, data: { a: "1", b: "3", c: "4" } };
      const replaced = await caller.call("PUT", `${CONFIG_MAPS}/written?fieldManager=replacer`, { body: replacement });
      expect(owners(replaced.body)).toEqual({
        "creator Update": { "f:data": { ".": {}, "f:a": {} } },
        "replacer Update": { "f:data": { "f:b": {}, "f:c": {} } },
      });

      const options = { body: { data: { a: null, c: "5" } }, contentType: MERGE_PATCH };
      const patched = await caller.call("PATCH", `${CONFIG_MAPS}/written?fieldManager=patcher`, options);
      expect(owners(patched.body)).toEqual({
        "creator Update": { "f:data": {} },
        "replacer Update": { "f:data": { "f:b": {} } },
        "patcher Update": { "f:data": { "f:c": {} } },
      });
    });

    test("are named after their program unless they say otherwise", async () => {
      const body = { metadata: { name: "by-agent" }, data: { a: "1" } };
      const answer = await caller.call("POST", CONFIG_MAPS, {
        body,
        headers: { "user-agent": "my-program/v1 (linux)" },
      });
      expect(Object.keys(owners(answer.body))).toEqual(["my-program Update"]);
    });

    test("are kept by clients that know nothing of them, and reset by those that empty them", async () => {
      await apply("reset", "me", { a: "1" });
      const put = (metadata: object, data: object) => {
        return caller.call("PUT", `${CONFIG_MAPS}/reset`, { body: { metadata: { name: "reset", ...metadata }, data } });
      };
      const replaced = await put({}, { a: "1", b: "2" });
      expect(owners(replaced.body)).toHaveProperty(["me Apply"], { "f:data": { "f:a": {} } });
      const reset = await put({ managedFields: [] }, { a: "1", b: "2" });
      expect(owners(reset.body)).toEqual({});
      const after = await put({}, { a: "2" });
      expect(owners(after.body)).toEqual({});

      const again = await apply("reset", "me", { a: "3" }, {}, "&force=true");
      expect(owners(again.body)).toHaveProperty(["me Apply"], { "f:data": { "f:a": {} } });
    });

    test("of a Secret", async () => {
      const body = { metadata: { name: "owned" }, stringData: { a: "1" } };
      const created = await caller.call("POST", `${SECRETS}?fieldManager=me`, { body });
      expect(owners(created.body)).toEqual({ "me Update": { "f:data": { ".": {}, "f:a": {} }, "f:type": {} } });
    });

    test("of list items are told by their keys", async () => {
      const ports = [
        { port: 80, name: "web" },
        { port: 81, name: "admin" },
      ];
      const service = {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "items" },
        spec: { ports, selector: { a: "b" } },
      };
      const { body } = await caller.apply(`${SERVICES}/items`, "me", service);
      const port = { ".": {}, "f:name": {}, "f:port": {} };
      expect(owners(body)).toEqual({
        "me Apply": {
          "f:spec": {
            "f:ports": { 'k:{"port":80,"protocol":"TCP"}': port, 'k:{"port":81,"protocol":"TCP"}': port },
            "f:selector": {},
          },
        },
      });
    });

    test("of owner references and finalizers are told by uid and value", async () => {
      const { metadata } = await caller.create(CONFIG_MAPS, { metadata: { name: "owner" } });
      const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: metadata.uid }];
      const { body } = await apply("references", "me", {}, { ownerReferences, finalizers: ["example.com/hold"] });
      expect(owners(body)).toMatchObject({
        "me Apply": {
          "f:metadata": {
            "f:finalizers": { 'v:"example.com/hold"': {} },
            "f:ownerReferences": { [`k:{"uid":"${metadata.uid}"}`]: {} },
          },
        },
      });
    });
  });

  describe("what is applied no more", () => {
    test("goes, where nobody else owns it", async () => {
      await apply("dropped", "me", { a: "1", b: "2" }, { labels: { x: "y" } });
      const { body } = await apply("dropped", "me", { b: "2" });
      expect(body["data"]).toEqual({ b: "2" });
      expect(body.metadata).not.toHaveProperty("labels");
    });

    test("stays, where somebody else does", async () => {
      await apply("shared", "me", { a: "1", b: "2" });
      await apply("shared", "you", { a: "1" });
      const { body } = await apply("shared", "me", {});
      expect(body["data"]).toEqual({ a: "1" });
      expect(owners(body)).toEqual({ "me Apply": { "f:data": {} }, "you Apply": { "f:data": { "f:a": {} } } });
    });

    test("stays, where it was never applied", async () => {
      await caller.create(CONFIG_MAPS, { metadata: { name: "foreign" }, data: { theirs: "1" } });
      await apply("foreign", "me", { mine: "2" });
      expect((await apply("foreign", "me", {})).body["data"]).toEqual({ theirs: "1" });
    });

    test("goes from lists by their keys", async () => {
      const service = (ports: object[]) => {
        return { apiVersion: "v1", kind: "Service", metadata: { name: "ports" }, spec: { ports } };
      };
      const both = [
        { port: 80, name: "web" },
        { port: 81, name: "admin" },
      ];
      await caller.apply(`${SERVICES}/ports`, "me", service(both));
      const { body } = await caller.apply(`${SERVICES}/ports`, "me", service(both.slice(0, 1)));
      expect(body).toMatchObject({ spec: { ports: [{ port: 80, name: "web", protocol: "TCP", targetPort: 80 }] } });
    });
  });

  describe("conflicts", () => {
    test("are with those who own what would change", async () => {
      await apply("contested", "me", { a: "1", b: "1" });
      const answer = await apply("contested", "you", { a: "2", b: "1", c: "3" });
      expect(answer).toMatchObject({ status: 409, reason: "Conflict", causes: [".data.a: FieldManagerConflict"] });
      expect((await caller.call("GET", `${CONFIG_MAPS}/contested`)).body["data"]).toEqual({ a: "1", b: "1" });
    });

    test("are with those who wrote it otherwise, too", async () => {
      await apply("overwritten", "me", { a: "1" });
      await caller.call("PATCH", `${CONFIG_MAPS}/overwritten?fieldManager=editor`, {
        body: { data: { a: "2" } },
        contentType: MERGE_PATCH,
      });
      const answer = await apply("overwritten", "me", { a: "1" });
      expect(answer).toMatchObject({ status: 409, reason: "Conflict", causes: [".data.a: FieldManagerConflict"] });
    });

    test("are won by force", async () => {
      await apply("forced", "me", { a: "1", b: "1" });
      const answer = await apply("forced", "you", { a: "2" }, {}, "&force=true");
      expect(answer).toMatchObject({ status: 200, body: { data: { a: "2", b: "1" } } });
      expect(owners(answer.body)).toEqual({
        "me Apply": { "f:data": { "f:b": {} } },
        "you Apply": { "f:data": { "f:a": {} } },
      });
    });
  });

  test("does not count where nothing changes", async () => {
    const first = await apply("same", "me", { a: "1" });
    const second = await apply("same", "me", { a: "1" });
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  test("takes YAML, and keeps nothing of a dry run", async () => {
    const body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata:\n  a: '1'\n";
    const path = `${CONFIG_MAPS}/yaml?fieldManager=me`;
    const dry = await caller.call("PATCH", `${path}&dryRun=All`, { body, contentType: APPLY_PATCH });
    expect(dry).toMatchObject({ status: 201, body: { data: { a: "1" } } });
    expect((await caller.call("GET", `${CONFIG_MAPS}/yaml`)).status).toBe(404);
    expect((await caller.call("PATCH", path, { body, contentType: APPLY_PATCH })).status).toBe(201);
  });

  test.for<[what: string, query: string, config: unknown, status: number, reason: string | undefined]>([
    ["no manager", "", configMap("refused", {}), 422, "Invalid"],
    ["no kind", "?fieldManager=me", {}, 400, "BadRequest"],
    ["another kind", "?fieldManager=me", { ...configMap("refused", {}), kind: "Secret" }, 400, "BadRequest"],
    ["another name", "?fieldManager=me", configMap("other", {}), 400, "BadRequest"],
    ["owners", "?fieldManager=me", configMap("refused", {}, { managedFields: [] }), 400, "BadRequest"],
    ["what is not YAML", "?fieldManager=me", "a: [b", 400, "BadRequest"],
    ["a uid that does not exist", "?fieldManager=me", configMap("refused", {}, { uid: "x" }), 409, "Conflict"],
    ["fields that the kind does not have", "?fieldManager=me", { ...configMap("refused", {}), foo: 1 }, 500, undefined],
    ["a value of the wrong type", "?fieldManager=me", configMap("refused", { a: 1 }), 500, undefined],
  ])("refuses %s", async ([, query, body, status, reason]) => {
    const answer = await caller.call("PATCH", `${CONFIG_MAPS}/refused${query}`, { body, contentType: APPLY_PATCH });
    expect(answer).toMatchObject({ status, reason });
  });
}
