import { beforeAll, expect, test } from "vitest";
import { applyManifests } from "../apply-manifests.ts";
import type { Cluster } from "../cluster.ts";
import { APPLY_PATCH, type Caller, MERGE_PATCH, type StoredObject } from "./caller.ts";
import { widget, widgetDefinition } from "./widget.ts";

const WIDGETS = "/apis/conformance.example.com/v1/namespaces/widget-status/widgets";

/** The status of custom resources, which has an endpoint of its own. */
export function customResourceStatus(caller: Caller, cluster: () => Cluster): void {
  beforeAll(async () => {
    await applyManifests(cluster(), [widgetDefinition]);
    await caller.createNamespace("widget-status");
  });

  const status = { phase: "Ready", conditions: [{ type: "Ready", status: "True" }] };
  let path: string;

  const created = async (name: string): Promise<StoredObject> => {
    path = `${WIDGETS}/${name}`;
    return (await caller.call("POST", WIDGETS, { body: { ...widget(name), status } })).body;
  };

  test("do not get it when they are created", async () => {
    expect(await created("born")).not.toHaveProperty("status");
  });

  test("get it, and nothing else, by its own endpoint", async () => {
    const object = await created("with-status");
    const { metadata } = object;
    const body = { ...object, spec: { size: 9 }, status, metadata: { ...metadata, labels: { a: "b" } } };
    const answer = await caller.call("PUT", `${path}/status`, { body });
    expect(answer).toMatchObject({
      status: 200,
      body: { status: { ...status, observedGeneration: -1 }, spec: { size: 1 } },
    });
    expect(answer.body.metadata).not.toHaveProperty("labels");
    expect(answer.body.metadata.generation).toBe(1);
    expect(answer.body.metadata.resourceVersion).not.toBe(metadata.resourceVersion);
  });

  test("keep it when they are replaced or patched", async () => {
    const object = await created("keeps-status");
    const put = await caller.call("PUT", `${path}/status`, { body: { ...object, status } });
    const body = { ...put.body, spec: { size: 2 }, status: { phase: "Other" } };
    expect((await caller.call("PUT", path, { body })).body).toMatchObject({ spec: { size: 2 }, status });

    const change = { spec: { size: 3 }, status: { phase: "Other" } };
    const onObject = await caller.call("PATCH", path, { body: change, contentType: MERGE_PATCH });
    expect(onObject.body).toMatchObject({ spec: { size: 3 }, status, metadata: { generation: 3 } });
    const onStatus = await caller.call("PATCH", `${path}/status`, { body: change, contentType: MERGE_PATCH });
    expect(onStatus.body).toMatchObject({
      spec: { size: 3 },
      status: { phase: "Other" },
      metadata: { generation: 3 },
    });
  });

  test("lose of it what the schema does not know", async () => {
    const object = await created("pruned-status");
    const body = { ...object, status: { ...status, extra: 1 } };
    const answer = await caller.call("PUT", `${path}/status`, { body });
    expect(answer).toMatchObject({ status: 200, warnings: ['unknown field "status.extra"'] });
    expect(answer.body["status"]).not.toHaveProperty("extra");
  });

  test("are refused for a status that is wrong, or stale", async () => {
    const object = await created("wrong-status");
    const wrong = await caller.call("PUT", `${path}/status`, { body: { ...object, status: { phase: 1 } } });
    expect(wrong).toMatchObject({ status: 422, causes: ["status.phase: FieldValueTypeInvalid"] });
    expect((await caller.call("PUT", `${path}/status`, { body: { ...object, status } })).status).toBe(200);
    const stale = await caller.call("PUT", `${path}/status`, { body: { ...object, status: { phase: "Late" } } });
    expect(stale).toMatchObject({ status: 409, reason: "Conflict" });
  });

  test("are applied to by endpoint", async () => {
    await created("applied-status");
    const body = { ...widget("applied-status"), status: { phase: "Applied" }, spec: { size: 9 } };
    const options = { body, contentType: APPLY_PATCH };
    const answer = await caller.call("PATCH", `${path}/status?fieldManager=me`, options);
    expect(answer).toMatchObject({ status: 200, body: { status: { phase: "Applied" }, spec: { size: 1 } } });
  });
}
