import { beforeAll, describe, expect, test } from "vitest";
import { applyManifests, type Manifest } from "../apply-manifests.ts";
import type { Cluster } from "../cluster.ts";
import { type Caller, MERGE_PATCH } from "./caller.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const GROUP = "definitions.example.com";

const version = { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } };

function definition(plural: string, spec: object = {}): Manifest {
  const kind = plural[0]?.toUpperCase() + plural.slice(1, -1);
  const names = { plural, kind };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    ...{ spec: { group: GROUP, scope: "Namespaced", names, versions: [version], ...spec } },
  };
}

/** Custom resource definitions, and what becomes of custom resources without them. */
export function definitions(caller: Caller, cluster: () => Cluster): void {
  beforeAll(() => caller.createNamespace("definitions"));

  test("are completed, and established after a while", async () => {
    const created = await caller.call("POST", DEFINITIONS, { body: definition("gadgets") });
    expect(created).toMatchObject({
      status: 201,
      body: {
        metadata: { generation: 1 },
        spec: { names: { singular: "gadget", listKind: "GadgetList" }, conversion: { strategy: "None" } },
        status: { storedVersions: ["v1"] },
      },
    });
    const { status } = await caller.settled(`${DEFINITIONS}/gadgets.${GROUP}`, isEstablished);
    expect(status).toMatchObject({
      acceptedNames: { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" },
      conditions: [
        { type: "NamesAccepted", status: "True", reason: "NoConflicts" },
        { type: "Established", status: "True", reason: "InitialNamesAccepted" },
      ],
    });
  });

  test.for<[what: string, definition: object, causes: string[]]>([
    [
      "a name that is not the plural's",
      { ...definition("gizmos"), metadata: { name: "other.definitions.example.com" } },
      ["metadata.name: FieldValueInvalid"],
    ],
    [
      "a scope that does not exist",
      definition("gizmos", { scope: "Galactic" }),
      ["spec.scope: FieldValueNotSupported"],
    ],
    [
      "no version to store",
      definition("gizmos", { versions: [{ ...version, storage: false }] }),
      ["spec.versions: FieldValueInvalid", "status.storedVersions: FieldValueInvalid"],
    ],
    [
      "no schema",
      definition("gizmos", { versions: [{ ...version, schema: undefined }] }),
      ["spec.versions[0].schema.openAPIV3Schema: FieldValueRequired"],
    ],
    [
      "a schema without types",
      definition("gizmos", { versions: [{ ...version, schema: { openAPIV3Schema: { properties: { a: {} } } } }] }),
      [
        "spec.validation.openAPIV3Schema.properties[a].type: FieldValueRequired",
        "spec.validation.openAPIV3Schema.type: FieldValueRequired",
      ],
    ],
  ])("are refused for %s", async ([, body, causes]) => {
    expect(await caller.call("POST", DEFINITIONS, { body })).toMatchObject({ status: 422, reason: "Invalid", causes });
  });

  test("change what they define", async () => {
    await applyManifests(cluster(), [definition("doodads")]);
    const doodads = `/apis/${GROUP}/v1/namespaces/definitions/doodads`;
    const doodad = { apiVersion: `${GROUP}/v1`, kind: "Doodad", metadata: { generateName: "d-" }, size: 1 };
    expect((await caller.call("POST", doodads, { body: doodad })).body).not.toHaveProperty("size");

    const openAPIV3Schema = { type: "object", properties: { size: { type: "integer" } } };
    const change = { spec: { versions: [{ ...version, schema: { openAPIV3Schema } }] } };
    const path = `${DEFINITIONS}/doodads.${GROUP}`;
    const changed = await caller.call("PATCH", path, { body: change, contentType: MERGE_PATCH });
    expect(changed.body.metadata.generation).toBe(2);
    await expect
      .poll(async () => (await caller.call("POST", doodads, { body: doodad })).body["size"], { timeout: 20_000 })
      .toBe(1);
  });

  test("serve the same objects in each of their versions", async () => {
    const versions = [version, { ...version, name: "v2", storage: false }];
    await applyManifests(cluster(), [definition("sprockets", { versions })]);
    const sprockets = (name: string) => `/apis/${GROUP}/${name}/namespaces/definitions/sprockets`;
    const sprocket = { apiVersion: `${GROUP}/v1`, kind: "Sprocket", metadata: { name: "both" } };
    const { metadata } = await caller.create(sprockets("v1"), sprocket);

    const second = await caller.call("GET", `${sprockets("v2")}/both`);
    expect(second.body).toMatchObject({ apiVersion: `${GROUP}/v2`, metadata: { uid: metadata.uid } });
    const labelled = { ...second.body, metadata: { ...second.body.metadata, labels: { a: "b" } } };
    expect((await caller.call("PUT", `${sprockets("v2")}/both`, { body: labelled })).status).toBe(200);

    const first = await caller.call("GET", `${sprockets("v1")}/both`);
    expect(first.body).toMatchObject({ apiVersion: `${GROUP}/v1`, metadata: { labels: { a: "b" } } });
    const query = `watch=true&resourceVersion=${metadata.resourceVersion}`;
    const [event] = await caller.watch(`${sprockets("v1")}?${query}`, 1);
    expect(event).toMatchObject({ type: "MODIFIED", object: { apiVersion: `${GROUP}/v1` } });
  });

  describe("that are deleted", () => {
    test("take their custom resources with them, after those let go", async () => {
      await applyManifests(cluster(), [definition("trinkets")]);
      const trinkets = `/apis/${GROUP}/v1/namespaces/definitions/trinkets`;
      const identity = { apiVersion: `${GROUP}/v1`, kind: "Trinket" };
      await caller.create(trinkets, { ...identity, metadata: { name: "free" } });
      await caller.create(trinkets, { ...identity, metadata: { name: "held", finalizers: ["example.com/hold"] } });

      const path = `${DEFINITIONS}/trinkets.${GROUP}`;
      const marked = await caller.call("DELETE", path);
      expect(marked.status).toBe(200);
      expect(marked.body.metadata).toMatchObject({ finalizers: ["customresourcecleanup.apiextensions.k8s.io"] });

      await caller.gone(`${trinkets}/free`);
      await caller.settled(`${trinkets}/held`, ({ metadata }) => metadata.deletionTimestamp !== undefined);
      const release = { body: { metadata: { finalizers: null } }, contentType: MERGE_PATCH };
      await caller.call("PATCH", `${trinkets}/held`, release);
      await caller.gone(path);
      await caller.gone(trinkets);
    });
  });
}

function isEstablished(object: { readonly [field: string]: unknown }): boolean {
  const { conditions } = object["status"] as {
    readonly conditions: readonly { type: string; status: string }[] | null;
  };
  return conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false;
}
