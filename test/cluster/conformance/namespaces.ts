import { describe, expect, test } from "vitest";
import { type Caller, MERGE_PATCH } from "./caller.ts";

const NAMESPACES = "/api/v1/namespaces";

export function namespaces(caller: Caller): void {
  test("are active, labelled by their name, and have a ServiceAccount", async () => {
    const answer = await caller.call("POST", NAMESPACES, { body: { metadata: { name: "fresh" } } });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        metadata: { labels: { "kubernetes.io/metadata.name": "fresh" } },
        spec: { finalizers: ["kubernetes"] },
        status: { phase: "Active" },
      },
    });
    await caller.settled(`${NAMESPACES}/fresh/serviceaccounts/default`, () => true);
  });

  test("have a status of their own, which nothing in them is named", async () => {
    await caller.createNamespace("with-status");
    const answer = await caller.call("GET", `${NAMESPACES}/with-status/status`);
    expect(answer).toMatchObject({ status: 200, body: { kind: "Namespace", metadata: { name: "with-status" } } });
  });

  test("have names that are labels, not subdomains", async () => {
    const answer = await caller.call("POST", NAMESPACES, { body: { metadata: { name: "a.b" } } });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes: ["metadata.name: FieldValueInvalid"] });
  });

  test.for(["default", "kube-system", "kube-public"])("keep %s", async (name) => {
    expect(await caller.call("DELETE", `${NAMESPACES}/${name}`)).toMatchObject({ status: 403, reason: "Forbidden" });
  });

  test("go with what is in them", async () => {
    await caller.createNamespace("emptied");
    const path = `${NAMESPACES}/emptied`;
    await caller.create(`${path}/configmaps`, { metadata: { name: "inside" } });
    const marked = await caller.call("DELETE", path);
    expect(marked).toMatchObject({ status: 200, body: { kind: "Namespace", status: { phase: "Terminating" } } });
    await caller.gone(path);
    expect((await caller.call("GET", `${path}/configmaps`)).names).toEqual([]);
  });

  describe("on their way out", () => {
    test("take nothing new, and wait for finalizers", async () => {
      await caller.createNamespace("leaving");
      const path = `${NAMESPACES}/leaving`;
      const held = { metadata: { name: "held", finalizers: ["example.com/hold"] } };
      await caller.create(`${path}/configmaps`, held);
      await caller.call("DELETE", path);

      const late = await caller.call("POST", `${path}/configmaps`, { body: { metadata: { name: "late" } } });
      const causes = ["metadata.namespace: NamespaceTerminating"];
      expect(late).toMatchObject({ status: 403, reason: "Forbidden", causes });

      await caller.settled(`${path}/configmaps/held`, ({ metadata }) => metadata.deletionTimestamp !== undefined);
      expect((await caller.call("GET", path)).status).toBe(200);

      const release = { body: { metadata: { finalizers: null } }, contentType: MERGE_PATCH };
      await caller.call("PATCH", `${path}/configmaps/held`, release);
      await caller.gone(path);
    });
  });
}
