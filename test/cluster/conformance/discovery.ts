import { describe, expect, test } from "vitest";
import { BUILT_IN_KINDS, readBuiltInTypes } from "../embedded/schema/built-in-types.ts";
import { groupVersions, type OpenApiDocument, renderBuiltInTypes } from "../embedded/schema/render-built-in-types.ts";
import type { Caller } from "./caller.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

interface ApiResource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What there is, as clients find out. */
export function discovery(caller: Caller): void {
  const resourcesOf = async (path: string): Promise<readonly ApiResource[]> => {
    const { body } = await caller.call("GET", path);
    return (body as unknown as { resources: readonly ApiResource[] }).resources;
  };

  test("starts with the core group, and the others", async () => {
    const core = await caller.call("GET", "/api");
    expect(core).toMatchObject({ status: 200, body: { kind: "APIVersions", versions: ["v1"] } });
    const { body } = await caller.call("GET", "/apis");
    const { groups } = body as unknown as { groups: readonly { name: string; preferredVersion: object }[] };
    expect(groups.find(({ name }) => name === "apps")).toMatchObject({ preferredVersion: { groupVersion: "apps/v1" } });
  });

  test.for<[path: string, names: string[]]>([
    ["/api/v1", ["namespaces", "secrets", "configmaps", "events", "serviceaccounts", "services", "pods", "endpoints"]],
    ["/apis/apps/v1", ["deployments"]],
    ["/apis/rbac.authorization.k8s.io/v1", ["roles", "rolebindings", "clusterroles", "clusterrolebindings"]],
    ["/apis/coordination.k8s.io/v1", ["leases"]],
    ["/apis/events.k8s.io/v1", ["events"]],
    ["/apis/discovery.k8s.io/v1", ["endpointslices"]],
    ["/apis/policy/v1", ["poddisruptionbudgets"]],
    ["/apis/networking.k8s.io/v1", ["networkpolicies", "ingresses"]],
    ["/apis/apiextensions.k8s.io/v1", ["customresourcedefinitions"]],
    ["/apis/authentication.k8s.io/v1", ["selfsubjectreviews", "tokenreviews"]],
    ["/apis/authorization.k8s.io/v1", ["selfsubjectaccessreviews", "subjectaccessreviews"]],
  ])("names the resources of %s", async ([path, names]) => {
    const resources = await resourcesOf(path);
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });

  test.for<[path: string, resource: object]>([
    ["/api/v1", { name: "secrets", singularName: "secret", namespaced: true, kind: "Secret" }],
    ["/api/v1", { name: "namespaces", namespaced: false, shortNames: ["ns"] }],
    ["/api/v1", { name: "services/proxy", kind: "ServiceProxyOptions" }],
    ["/api/v1", { name: "serviceaccounts/token", kind: "TokenRequest", group: "authentication.k8s.io", version: "v1" }],
    ["/apis/apps/v1", { name: "deployments/status", kind: "Deployment", verbs: ["get", "patch", "update"] }],
    ["/apis/authorization.k8s.io/v1", { name: "selfsubjectaccessreviews", verbs: ["create"] }],
  ])("describes one of %s: %o", async ([path, resource]) => {
    expect(await resourcesOf(path)).toContainEqual(expect.objectContaining(resource));
  });

  test("tells all at once to clients that want that", async () => {
    const { headers, body } = await caller.call("GET", "/apis", { accept: AGGREGATED });
    expect(headers["content-type"]).toBe("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    expect(body).toMatchObject({ kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2" });
    const apps = body.items?.find(({ metadata }) => metadata.name === "apps");
    const { versions } = apps as unknown as { versions: readonly { resources: readonly { resource: string }[] }[] };
    const deployments = versions[0]?.resources.find(({ resource }) => resource === "deployments");
    expect(deployments).toMatchObject({
      scope: "Namespaced",
      singularResource: "deployment",
      responseKind: { kind: "Deployment" },
      shortNames: ["deploy"],
      verbs: expect.arrayContaining(["create", "watch"]),
      subresources: expect.arrayContaining([expect.objectContaining({ subresource: "status" })]),
    });
  });

  test("tells its version", async () => {
    const { body } = await caller.call("GET", "/version");
    expect(body).toMatchObject({ major: "1", minor: "36", gitVersion: expect.stringMatching(/^v1\.36\./) });
  });

  describe("of types", () => {
    test("lets clients leave the validation to the server", async () => {
      const { text } = await caller.call("GET", "/openapi/v3");
      const { paths } = JSON.parse(text) as { paths: Record<string, { serverRelativeURL: string }> };
      const { body } = await caller.call("GET", paths["api/v1"]?.serverRelativeURL ?? "");
      const document = body as unknown as { paths: Record<string, { patch?: object }> };
      expect(document.paths["/api/v1/namespaces/{namespace}/secrets/{name}"]?.patch).toMatchObject({
        "x-kubernetes-group-version-kind": { group: "", version: "v1", kind: "Secret" },
        parameters: expect.arrayContaining([expect.objectContaining({ name: "fieldValidation", in: "query" })]),
      });
    });

    test("is what the embedded cluster knows of the built-in kinds", async () => {
      const paths = groupVersions(BUILT_IN_KINDS);
      const answers = await Promise.all(paths.map((path) => caller.call("GET", `/openapi/v3/${path}`)));
      const documents = answers.map(({ body }) => body as unknown as OpenApiDocument);
      expect(renderBuiltInTypes(documents, BUILT_IN_KINDS)).toBe(readBuiltInTypes().replaceAll(/ #\d+$/gm, ""));
    });
  });
}
