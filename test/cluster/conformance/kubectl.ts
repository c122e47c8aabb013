import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { applyManifests } from "../apply-manifests.ts";
import type { Cluster } from "../cluster.ts";
import type { StoredObject } from "./caller.ts";
import { Kubectl } from "./run-kubectl.ts";
import { widget, widgetDefinition } from "./widget.ts";

/** The real kubectl, as people and scripts use it. */
export function kubectl(cluster: () => Cluster): void {
  let program: Kubectl;

  beforeAll(async () => {
    await applyManifests(cluster(), [widgetDefinition]);
    program = await Kubectl.create(cluster().adminKubeconfig);
    await ok(["create", "-f", "-"], { apiVersion: "v1", kind: "Namespace", metadata: { name: "kubectl" } });
  });
  afterAll(() => program?.remove());

  const run = (args: readonly string[], input?: object | string) => program.run(["-n", "kubectl", ...args], input);
  /** The output of a command that goes well and has nothing to complain of. */
  const ok = async (args: readonly string[], input?: object | string): Promise<string> => {
    const { code, stdout, stderr } = await run(args, input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  };
  const yaml = async (...args: string[]) => parse(await ok(["get", ...args, "-o", "yaml"])) as StoredObject;

  const configMap = (name: string, data: object) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

  describe("apply", () => {
    test("creates, configures, and sees when there is nothing to do", async () => {
      const apply = (data: object) => ok(["apply", "-f", "-"], configMap("applied", data));
      expect(await apply({ a: "1", b: "2" })).toBe("configmap/applied created\n");
      expect(await apply({ a: "3" })).toBe("configmap/applied configured\n");
      expect(await apply({ a: "3" })).toBe("configmap/applied unchanged\n");
      expect((await yaml("configmap", "applied"))["data"]).toEqual({ a: "3" });
    });

    test("does the same for custom resources", async () => {
      const apply = (spec: object) => ok(["apply", "-f", "-"], widget("applied", spec));
      expect(await apply({ size: 1, map: { a: "1" } })).toBe("widget.conformance.example.com/applied created\n");
      expect(await apply({ size: 2 })).toBe("widget.conformance.example.com/applied configured\n");
      expect(await apply({ size: 2 })).toBe("widget.conformance.example.com/applied unchanged\n");
      expect((await yaml("widget", "applied"))["spec"]).not.toHaveProperty("map");
    });

    test("merges the containers of a Deployment", async () => {
      const deployment = (...env: string[]) => {
        const container = { name: "main", image: "i:1", env: env.map((name) => ({ name, value: "x" })) };
        const template = { metadata: { labels: { app: "x" } }, spec: { containers: [container] } };
        const spec = { selector: { matchLabels: { app: "x" } }, template };
        return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "merged" }, spec };
      };
      expect(await ok(["apply", "-f", "-"], deployment("A", "B"))).toBe("deployment.apps/merged created\n");
      expect(await ok(["apply", "-f", "-"], deployment("B", "C"))).toBe("deployment.apps/merged configured\n");
      expect(await ok(["apply", "-f", "-"], deployment("B", "C"))).toBe("deployment.apps/merged unchanged\n");
      const path = "jsonpath={.spec.template.spec.containers[0].env[*].name}";
      expect(await ok(["get", "deployment", "merged", "-o", path])).toBe("B C");
    });

    test("refuses fields that the kind does not have", async () => {
      const { code, stderr } = await run(["apply", "-f", "-"], { ...configMap("strict", {}), foo: 1 });
      expect(code).toBe(1);
      expect(stderr).toContain('unknown field "foo"');
    });

    test("says what it would change", async () => {
      await ok(["apply", "-f", "-"], configMap("differing", { a: "1" }));
      expect((await run(["diff", "-f", "-"], configMap("differing", { a: "1" }))).code).toBe(0);
      const { code, stdout } = await run(["diff", "-f", "-"], configMap("differing", { a: "2" }));
      expect(code).toBe(1);
      expect(stdout).toContain('+  a: "2"');
    });
  });

  describe("apply --server-side", () => {
    const apply = (...more: string[]) => ["apply", "--server-side", "-f", "-", ...more];

    test("applies, and takes away what is applied no more", async () => {
      const first = configMap("server-side", { a: "1", b: "2" });
      expect(await ok(apply(), first)).toBe("configmap/server-side serverside-applied\n");
      await ok(apply(), configMap("server-side", { b: "2" }));
      expect((await yaml("configmap", "server-side"))["data"]).toEqual({ b: "2" });
    });

    test("takes over what was applied by the client", async () => {
      await ok(["apply", "-f", "-"], configMap("taken-over", { a: "1", b: "2" }));
      await ok(apply(), configMap("taken-over", { a: "3" }));
      expect((await yaml("configmap", "taken-over"))["data"]).toEqual({ a: "3" });
    });

    test("reports conflicts, and wins them by force", async () => {
      await ok(apply("--field-manager=other"), configMap("contested", { a: "1" }));
      const { code, stderr } = await run(apply(), configMap("contested", { a: "2" }));
      expect(code).toBe(1);
      expect(stderr).toContain('conflict with "other": .data.a');
      await ok(apply("--force-conflicts"), configMap("contested", { a: "2" }));
      expect((await yaml("configmap", "contested"))["data"]).toEqual({ a: "2" });
    });

    test("applies custom resources", async () => {
      const output = await ok(apply(), widget("server-side", { size: 3 }));
      expect(output).toBe("widget.conformance.example.com/server-side serverside-applied\n");
    });
  });

  test("create makes objects of its arguments, which it sends in protobuf", async () => {
    expect(await ok(["create", "secret", "generic", "made", "--from-literal=a=1"])).toBe("secret/made created\n");
    expect(await yaml("secret", "made")).toMatchObject({ type: "Opaque", data: { a: "MQ==" } });
    expect(await ok(["create", "configmap", "made", "--from-literal=a=1"])).toBe("configmap/made created\n");
    expect(await ok(["create", "service", "clusterip", "made", "--tcp=80:8080"])).toBe("service/made created\n");
    expect(await yaml("service", "made")).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 8080 }] } });
    const rights = ["--verb=get,list", "--resource=secrets"];
    expect(await ok(["create", "role", "made", ...rights])).toBe("role.rbac.authorization.k8s.io/made created\n");
    expect(await yaml("role", "made")).toMatchObject({ rules: [{ resources: ["secrets"], verbs: ["get", "list"] }] });
    expect(await ok(["create", "serviceaccount", "made"])).toBe("serviceaccount/made created\n");
    expect((await ok(["create", "token", "made"])).split(".")).toHaveLength(3);
    expect(await ok(["auth", "can-i", "delete", "secrets"])).toBe("yes\n");
  });

  test("get shows the columns that a definition asks for", async () => {
    await ok(["create", "-f", "-"], widget("shown", { size: 7 }));
    const status = { status: { phase: "Shown", conditions: [{ type: "Ready", status: "True" }] } };
    const patch = ["patch", "widget", "shown", "--subresource=status", "--type=merge", "-p", JSON.stringify(status)];
    expect(await ok(patch)).toBe("widget.conformance.example.com/shown patched\n");
    const columns = async (...args: string[]) => {
      const lines = (await ok(["get", ...args])).trimEnd().split("\n");
      return lines.map((line) => line.replace(/\d+s$/, "AGE").split(/ +/));
    };
    expect(await columns("widgets", "shown")).toEqual([
      ["NAME", "PHASE", "READY", "AGE"],
      ["shown", "Shown", "True", "AGE"],
    ]);
    expect(await columns("wd", "shown", "-o", "wide")).toEqual([
      ["NAME", "PHASE", "READY", "SIZE", "AGE"],
      ["shown", "Shown", "True", "7", "AGE"],
    ]);
    expect(await ok(["get", "toys", "-o", "name"])).toContain("widget.conformance.example.com/shown\n");
  });

  test("get shows Secrets without their values", async () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "shown" }, stringData: { a: "1", b: "2" } };
    await ok(["create", "-f", "-"], secret);
    expect(await ok(["get", "secrets", "shown"])).toMatch(/^NAME +TYPE +DATA +AGE\nshown +Opaque +2 +\d+s\n$/);
  });

  test("describe shows an object and its events", async () => {
    await ok(["create", "-f", "-"], widget("described", { size: 1 }));
    const { metadata } = await yaml("widget", "described");
    await ok(["create", "-f", "-"], {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "described" },
      involvedObject: { kind: "Widget", name: "described", namespace: "kubectl", uid: metadata.uid },
      type: "Normal",
      reason: "Looked",
      message: "somebody looked",
      source: { component: "scenario" },
    });
    const description = await ok(["describe", "widget", "described"]);
    expect(description).toMatch(/^Name: +described\nNamespace: +kubectl\n/);
    expect(description).toMatch(/Normal +Looked +\S+ +scenario +somebody looked\n$/);
  });

  test("label, annotate and patch change objects", async () => {
    await ok(["apply", "-f", "-"], configMap("edited", { a: "1", b: "2" }));
    expect(await ok(["label", "configmap", "edited", "x=y"])).toBe("configmap/edited labeled\n");
    expect(await ok(["annotate", "configmap", "edited", "q=r"])).toBe("configmap/edited annotated\n");
    await ok(["patch", "configmap", "edited", "-p", '{"data":{"a":"3"}}']);
    await ok(["patch", "configmap", "edited", "--type=json", "-p", '[{"op":"remove","path":"/data/b"}]']);
    const { metadata, ...object } = await yaml("configmap", "edited");
    expect(metadata).toMatchObject({ labels: { x: "y" }, annotations: { q: "r" } });
    expect(object["data"]).toEqual({ a: "3" });
  });

  test("wait sees what happens", async () => {
    const definition = "crd/widgets.conformance.example.com";
    const condition = await ok(["wait", "--for=condition=Established", definition, "--timeout=20s"]);
    expect(condition).toContain("condition met");

    await ok(["create", "-f", "-"], widget("awaited", { size: 1 }));
    const waiting = ok(["wait", "--for=jsonpath={.spec.size}=2", "widget/awaited", "--timeout=20s"]);
    await ok(["patch", "widget", "awaited", "--type=merge", "-p", '{"spec":{"size":2}}']);
    expect(await waiting).toContain("condition met");

    const deletion = ok(["wait", "--for=delete", "widget/awaited", "--timeout=20s"]);
    await ok(["delete", "widget", "awaited", "--wait=false"]);
    await deletion;
  });

  test("delete waits until the object is gone", async () => {
    await ok(["create", "-f", "-"], configMap("deleted", {}));
    expect(await ok(["delete", "configmap", "deleted"])).toMatch(/^configmap "deleted" deleted/);
    const { code, stderr } = await run(["get", "configmap", "deleted"]);
    expect(code).toBe(1);
    expect(stderr).toBe('Error from server (NotFound): configmaps "deleted" not found\n');
  });

  test("explain knows the types", async () => {
    expect(await ok(["explain", "secret.data"])).toMatch(/KIND: +Secret\n[\s\S]*FIELD: data <map\[string\]string>/);
  });
}
