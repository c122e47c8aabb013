import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, MERGE_PATCH, type StoredObject } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/garbage";
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const SECRETS = `${NAMESPACE}/secrets`;

export function garbageCollection(caller: Caller): void {
  beforeAll(() => caller.createNamespace("garbage"));

  const owner = (name: string, metadata: object = {}) => {
    return caller.create(CONFIG_MAPS, { metadata: { name, ...metadata } });
  };
  const referenceTo = ({ metadata }: StoredObject, change: object = {}) => {
    return { apiVersion: "v1", kind: "ConfigMap", name: metadata.name, uid: metadata.uid, ...change };
  };
  const dependent = (name: string, ownerReferences: object[], metadata: object = {}) => {
    return caller.create(SECRETS, { metadata: { name, ownerReferences, ...metadata } });
  };
  const remains = async (path: string) => {
    expect((await caller.call("GET", path)).status).toBe(200);
  };

  test("deletes what the owner of is deleted", async () => {
    await dependent("owned", [referenceTo(await owner("deleted"))]);
    await caller.call("DELETE", `${CONFIG_MAPS}/deleted`);
    await caller.gone(`${SECRETS}/owned`);
  });

  test("deletes what has an owner of another uid, although of the same name", async () => {
    await dependent("impostor", [referenceTo(await owner("reborn"), { uid: "somebody-else" })]);
    await caller.gone(`${SECRETS}/impostor`);
    await remains(`${CONFIG_MAPS}/reborn`);
  });

  test("deletes what has its owner in another namespace", async () => {
    const reference = referenceTo(await owner("elsewhere"));
    const secrets = "/api/v1/namespaces/default/secrets";
    await caller.create(secrets, { metadata: { name: "abroad", ownerReferences: [reference] } });
    await caller.gone(`${secrets}/abroad`);
  });

  test("keeps what has another owner left, who then is the only one", async () => {
    const [first, second] = [await owner("first"), await owner("second")];
    await dependent("of-both", [referenceTo(first), referenceTo(second)]);
    await caller.call("DELETE", `${CONFIG_MAPS}/first`);
    const left = await caller.settled(`${SECRETS}/of-both`, ({ metadata }) => {
      return (metadata as { ownerReferences?: object[] }).ownerReferences?.length === 1;
    });
    expect(left.metadata).toMatchObject({ ownerReferences: [referenceTo(second)] });
  });

  test("leaves alone what has an owner of a kind that does not exist", async () => {
    await dependent("of-unknown", [{ apiVersion: "no.such/v1", kind: "Thing", name: "x", uid: "x" }]);
    // The collector works in order: once the later one is gone, it has had its look at the earlier one.
    await dependent("of-nobody", [referenceTo(await owner("nobody"), { uid: "nobody" })]);
    await caller.gone(`${SECRETS}/of-nobody`);
    await remains(`${SECRETS}/of-unknown`);
  });

  describe("when the owner is deleted", () => {
    test("orphaning, keeps the dependents and forgets the owner", async () => {
      const reference = referenceTo(await owner("parent"));
      const { metadata } = await dependent("orphan", [reference]);
      const marked = await caller.call("DELETE", `${CONFIG_MAPS}/parent?propagationPolicy=Orphan`);
      expect(marked.body.metadata).toMatchObject({ finalizers: ["orphan"] });
      await caller.gone(`${CONFIG_MAPS}/parent`);
      const { body } = await caller.call("GET", `${SECRETS}/orphan`);
      expect(body.metadata).toMatchObject({ uid: metadata.uid });
      expect(body.metadata).not.toHaveProperty("ownerReferences");
    });

    test("in the foreground, keeps the owner until the dependents are gone", async () => {
      const reference = referenceTo(await owner("patient"), { blockOwnerDeletion: true });
      await dependent("blocking", [reference], { finalizers: ["example.com/hold"] });
      const body = { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" };
      const marked = await caller.call("DELETE", `${CONFIG_MAPS}/patient`, { body });
      expect(marked.body.metadata).toMatchObject({ finalizers: ["foregroundDeletion"] });
      await caller.settled(`${SECRETS}/blocking`, ({ metadata }) => metadata.deletionTimestamp !== undefined);
      await remains(`${CONFIG_MAPS}/patient`);

      const release = { body: { metadata: { finalizers: null } }, contentType: MERGE_PATCH };
      await caller.call("PATCH", `${SECRETS}/blocking`, release);
      await caller.gone(`${CONFIG_MAPS}/patient`);
    });
  });
}
