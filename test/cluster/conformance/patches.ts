import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/patches";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const DEPLOYMENTS = "/apis/apps/v1/namespaces/patches/deployments";

export function patches(caller: Caller): void {
  beforeAll(() => caller.createNamespace("patches"));

  /** A ConfigMap of its own for each test, and a function that patches it. */
  const configMap = async (name: string) => {
    await caller.create(CONFIG_MAPS, { metadata: { name, labels: { a: "b" } }, data: { a: "1", b: "2" } });
    return (contentType: string, body: unknown, query = "") => {
      return caller.call("PATCH", `${CONFIG_MAPS}/${name}${query}`, { body, contentType });
    };
  };

  test.for<[contentType: string, patch: unknown]>([
    [MERGE_PATCH, { data: { a: null, c: "3" } }],
    [STRATEGIC_MERGE_PATCH, { data: { a: null, c: "3" } }],
    [
      JSON_PATCH,
      [
        { op: "test", path: "/data/b", value: "2" },
        { op: "copy", from: "/data/a", path: "/data/x~1y" },
        { op: "move", from: "/data/x~1y", path: "/data/c" },
        { op: "replace", path: "/data/c", value: "3" },
        { op: "remove", path: "/data/a" },
        { op: "add", path: "/metadata/labels", value: { a: "b" } },
      ],
    ],
  ])("change what they name, and nothing else (%s)", async ([contentType, body]) => {
    const patch = await configMap(`plain-${contentType.length}`);
    const answer = await patch(contentType, body);
    expect(answer).toMatchObject({ status: 200, body: { metadata: { labels: { a: "b" } } } });
    expect(answer.body["data"]).toEqual({ b: "2", c: "3" });
  });

  test("that change nothing do not count", async () => {
    const patch = await configMap("unchanged");
    const before = await caller.call("GET", `${CONFIG_MAPS}/unchanged`);
    const after = await patch(MERGE_PATCH, { data: { a: "1" } });
    expect(after.body.metadata.resourceVersion).toBe(before.body.metadata.resourceVersion);
  });

  test("that name a resourceVersion mean that one", async () => {
    const patch = await configMap("versioned");
    const stale = await patch(MERGE_PATCH, { metadata: { resourceVersion: "1" }, data: { a: "2" } });
    expect(stale).toMatchObject({ status: 409, reason: "Conflict" });
  });

  test.for<[what: string, contentType: string, patch: unknown, status: number, reason: string]>([
    ["a test that fails", JSON_PATCH, [{ op: "test", path: "/data/a", value: "9" }], 422, "Invalid"],
    ["a path that leads nowhere", JSON_PATCH, [{ op: "remove", path: "/data/z" }], 422, "Invalid"],
    ["a parent that is not there", JSON_PATCH, [{ op: "add", path: "/x/y", value: "z" }], 422, "Invalid"],
    ["an operation that does not exist", JSON_PATCH, [{ op: "bogus", path: "/data/a" }], 422, "Invalid"],
    ["a JSON patch that is no list", JSON_PATCH, { op: "remove", path: "/data/a" }, 400, "BadRequest"],
    ["what is not JSON", MERGE_PATCH, "{nonsense", 400, "BadRequest"],
    ["another name", MERGE_PATCH, { metadata: { name: "other" } }, 400, "BadRequest"],
    ["a value of the wrong type", MERGE_PATCH, { data: { a: 1 } }, 422, "Invalid"],
    [
      "a directive that makes no sense",
      STRATEGIC_MERGE_PATCH,
      { data: { $deleteFromPrimitiveList: ["a"] } },
      400,
      "BadRequest",
    ],
    ["a media type that is no patch", "application/json", {}, 415, "UnsupportedMediaType"],
  ])("are refused for %s", async ([what, contentType, body, status, reason]) => {
    const patch = await configMap(what.toLowerCase().replaceAll(" ", "-"));
    expect(await patch(contentType, body)).toMatchObject({ status, reason });
  });

  test("are refused for force, which is for apply", async () => {
    const patch = await configMap("forced");
    const answer = await patch(MERGE_PATCH, {}, "?force=true");
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes: ["force: FieldValueForbidden"] });
  });

  test("do not make what is not there", async () => {
    const answer = await caller.call("PATCH", `${CONFIG_MAPS}/absent`, { body: {}, contentType: MERGE_PATCH });
    expect(answer).toMatchObject({ status: 404, reason: "NotFound" });
  });

  test("keep nothing of a dry run", async () => {
    const patch = await configMap("dry");
    expect((await patch(MERGE_PATCH, { data: { a: "9" } }, "?dryRun=All")).body["data"]).toMatchObject({ a: "9" });
    expect((await caller.call("GET", `${CONFIG_MAPS}/dry`)).body["data"]).toMatchObject({ a: "1" });
  });

  describe("of the strategic kind", () => {
    const container = { name: "main", image: "i:1", env: ["A", "B"].map((name) => ({ name, value: "1" })) };
    const labels = { app: "x" };

    const deployment = async (name: string) => {
      const template = { metadata: { labels }, spec: { containers: [container] } };
      await caller.create(DEPLOYMENTS, { metadata: { name }, spec: { selector: { matchLabels: labels }, template } });
      return async (spec: object) => {
        const body = { spec: { template: { spec } } };
        const options = { body, contentType: STRATEGIC_MERGE_PATCH };
        const answer = await caller.call("PATCH", `${DEPLOYMENTS}/${name}`, options);
        return answer.body as unknown as { readonly spec: { readonly template: { readonly spec: PodSpec } } };
      };
    };

    test("merge lists by their keys", async () => {
      const patch = await deployment("merged");
      const { spec } = await patch({
        containers: [
          {
            name: "main",
            image: "i:2",
            env: [
              { name: "B", $patch: "delete" },
              { name: "C", value: "3" },
            ],
          },
        ],
      });
      expect(spec.template.spec.containers).toMatchObject([
        {
          name: "main",
          image: "i:2",
          env: [
            { name: "C", value: "3" },
            { name: "A", value: "1" },
          ],
        },
      ]);
    });

    test("put lists into the order that they ask for", async () => {
      const patch = await deployment("ordered");
      const { spec } = await patch({
        "$setElementOrder/containers": [{ name: "side" }, { name: "main" }],
        containers: [{ name: "side", image: "i:1" }],
      });
      expect(spec.template.spec.containers.map(({ name }) => name)).toEqual(["side", "main"]);
    });

    test("replace what they are told to", async () => {
      const patch = await deployment("replaced");
      const { spec } = await patch({ containers: [{ $patch: "replace" }, { name: "other", image: "i:3" }] });
      expect(spec.template.spec.containers.map(({ name }) => name)).toEqual(["other"]);
    });

    test("merge finalizers, and take some away", async () => {
      const finalizers = ["example.com/a", "example.com/b"];
      await caller.create(CONFIG_MAPS, { metadata: { name: "finalizers", finalizers } });
      const metadata = { finalizers: ["example.com/c"], "$deleteFromPrimitiveList/finalizers": ["example.com/a"] };
      const answer = await caller.call("PATCH", `${CONFIG_MAPS}/finalizers`, {
        body: { metadata },
        contentType: STRATEGIC_MERGE_PATCH,
      });
      expect(answer.body.metadata).toMatchObject({ finalizers: ["example.com/c", "example.com/b"] });
    });
  });
}

interface PodSpec {
  readonly containers: readonly { readonly name: string }[];
}
