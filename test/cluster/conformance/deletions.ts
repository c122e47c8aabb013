import { beforeAll, expect, test } from "vitest";
import { type Caller, MERGE_PATCH } from "./caller.ts";

const CONFIG_MAPS = "/api/v1/namespaces/deletions/configmaps";

export function deletions(caller: Caller): void {
  beforeAll(() => caller.createNamespace("deletions"));

  test("answers with a Status that says what is gone", async () => {
    const { metadata } = await caller.create(CONFIG_MAPS, { metadata: { name: "deleted" } });
    const answer = await caller.call("DELETE", `${CONFIG_MAPS}/deleted`);
    expect(answer).toMatchObject({ status: 200, body: { kind: "Status", status: "Success" } });
    expect(answer.body["details"]).toEqual({ name: "deleted", kind: "configmaps", uid: metadata.uid });
    expect(await caller.call("DELETE", `${CONFIG_MAPS}/deleted`)).toMatchObject({ status: 404, reason: "NotFound" });
  });

  test.for(["uid", "resourceVersion"])("keeps an object of another %s", async (field) => {
    const name = `precondition-${field.toLowerCase()}`;
    await caller.create(CONFIG_MAPS, { metadata: { name } });
    const body = { kind: "DeleteOptions", apiVersion: "v1", preconditions: { [field]: "1" } };
    const answer = await caller.call("DELETE", `${CONFIG_MAPS}/${name}`, { body });
    expect(answer).toMatchObject({ status: 409, reason: "Conflict" });
    expect((await caller.call("GET", `${CONFIG_MAPS}/${name}`)).status).toBe(200);
  });

  test("takes the very object that was meant", async () => {
    const { metadata } = await caller.create(CONFIG_MAPS, { metadata: { name: "meant" } });
    const { uid, resourceVersion } = metadata;
    const body = { kind: "DeleteOptions", apiVersion: "v1", preconditions: { uid, resourceVersion } };
    expect((await caller.call("DELETE", `${CONFIG_MAPS}/meant`, { body })).status).toBe(200);
    expect((await caller.call("GET", `${CONFIG_MAPS}/meant`)).status).toBe(404);
  });

  test("refuses a propagation policy that does not exist", async () => {
    await caller.create(CONFIG_MAPS, { metadata: { name: "propagation" } });
    const answer = await caller.call("DELETE", `${CONFIG_MAPS}/propagation?propagationPolicy=Sideways`);
    const causes = ["propagationPolicy: FieldValueNotSupported"];
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
  });

  test("deletes nothing in a dry run", async () => {
    await caller.create(CONFIG_MAPS, { metadata: { name: "dry-deleted" } });
    expect((await caller.call("DELETE", `${CONFIG_MAPS}/dry-deleted?dryRun=All`)).status).toBe(200);
    expect((await caller.call("GET", `${CONFIG_MAPS}/dry-deleted`)).status).toBe(200);
  });

  test("deletes the selected ones of a collection, and gives them back", async () => {
    for (const name of ["c1", "c2", "c3"]) {
      await caller.create(CONFIG_MAPS, { metadata: { name, labels: { collection: name === "c3" ? "no" : "yes" } } });
    }
    const answer = await caller.call("DELETE", `${CONFIG_MAPS}?labelSelector=collection=yes`);
    expect(answer).toMatchObject({ status: 200, body: { kind: "ConfigMapList" }, names: ["c1", "c2"] });
    expect((await caller.call("GET", `${CONFIG_MAPS}?labelSelector=collection`)).names).toEqual(["c3"]);
  });

  test("waits for finalizers", async () => {
    const path = `${CONFIG_MAPS}/held`;
    await caller.create(CONFIG_MAPS, { metadata: { name: "held", finalizers: ["example.com/hold"] } });
    const marked = await caller.call("DELETE", path);
    expect(marked).toMatchObject({ status: 200, body: { kind: "ConfigMap" } });
    expect(marked.body.metadata).toMatchObject({
      deletionTimestamp: expect.any(String),
      deletionGracePeriodSeconds: 0,
    });

    const again = await caller.call("DELETE", path);
    expect(again.body.metadata).toEqual(marked.body.metadata);

    const more = { metadata: { finalizers: ["example.com/hold", "example.com/more"] } };
    const refused = await caller.call("PATCH", path, { body: more, contentType: MERGE_PATCH });
    expect(refused).toMatchObject({ status: 422, causes: ["metadata.finalizers: FieldValueForbidden"] });

    const label = { metadata: { labels: { still: "there" } } };
    expect((await caller.call("PATCH", path, { body: label, contentType: MERGE_PATCH })).status).toBe(200);

    const release = { metadata: { finalizers: null } };
    expect((await caller.call("PATCH", path, { body: release, contentType: MERGE_PATCH })).status).toBe(200);
    expect((await caller.call("GET", path)).status).toBe(404);
  });
}
