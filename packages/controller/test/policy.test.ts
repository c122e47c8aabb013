import type { Scope } from "@sealwright/core";
import { describe, expect, test } from "vitest";
import { NO_POLICY, type Policy, type Violation, violationOf } from "../src/policy.ts";
import { type SecretParts, secretOf } from "./doubles/objects.ts";

const TOKEN = "kubernetes.io/service-account-token";

function violation(policy: Partial<Policy>, parts: SecretParts = {}, scope: Scope = "strict"): Violation | null {
  return violationOf({ ...NO_POLICY, ...policy }, scope, secretOf(parts));
}

test("without a policy everything passes", () => {
  const parts = { type: TOKEN, labels: { a: "b" }, annotations: { a: "b" } };
  expect(violation({}, parts, "cluster-wide")).toBeNull();
});

describe("types", () => {
  test.each<[Partial<Policy>, string | undefined, Violation["rule"] | null]>([
    [{ allowTypes: ["Opaque"] }, undefined, null],
    [{ allowTypes: ["Opaque"] }, "", null],
    [{ allowTypes: ["Opaque"] }, "kubernetes.io/tls", "--allow-types"],
    [{ allowTypes: ["kubernetes.io/*"] }, "kubernetes.io/tls", null],
    [{ allowTypes: ["kubernetes.io/*"] }, "kubernetes.io", "--allow-types"],
    [{ allowTypes: ["opaque"] }, "Opaque", "--allow-types"],
    [{ denyTypes: [TOKEN] }, TOKEN, "--deny-types"],
    [{ denyTypes: [TOKEN] }, "Opaque", null],
    [{ denyTypes: [TOKEN], allowTypes: ["*"] }, TOKEN, "--deny-types"],
    [{ denyTypes: ["Opaque"] }, undefined, "--deny-types"],
  ])("%j and the type %j", (policy, type, rule) => {
    expect(violation(policy, type === undefined ? {} : { type })?.rule ?? null).toBe(rule);
  });
});

test("scopes", () => {
  const allowScopes = ["strict", "namespace-wide"] as const;
  expect(violation({ allowScopes })).toBeNull();
  expect(violation({ allowScopes }, {}, "namespace-wide")).toBeNull();
  expect(violation({ allowScopes }, {}, "cluster-wide")).toEqual({
    what: "scope",
    found: "cluster-wide",
    rule: "--allow-scopes",
  });
});

describe.each([
  ["labels", "allowLabels", "label"],
  ["annotations", "allowAnnotations", "annotation"],
] as const)("%s", (part, rule, what) => {
  test("pass by their name or its beginning", () => {
    const policy = { [rule]: ["team", "app.kubernetes.io/*"] };
    expect(violation(policy)).toBeNull();
    expect(violation(policy, { [part]: { team: "a", "app.kubernetes.io/name": "shop" } })).toBeNull();
    expect(violation(policy, { [part]: { team: "a", teams: "b" } })).toMatchObject({ what, found: "teams" });
  });

  test("none passes where the pattern is none's name", () => {
    expect(violation({ [rule]: ["-"] }, { [part]: { a: "b" } })).toMatchObject({ what, found: "a" });
  });
});

test("the annotations that repeat the scope are the scopes' to allow", () => {
  const annotations = { "sealedsecrets.bitnami.com/cluster-wide": "true" };
  expect(violation({ allowAnnotations: ["-"] }, { annotations }, "cluster-wide")).toBeNull();
});
