import { describe, expect, test } from "vitest";
import { labelOf, readScope, SCOPES, scopeOf } from "../src/index.ts";
import { withScope } from "../src/scope.ts";
import { problemOf } from "./problems.ts";

const NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";
const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

test.each([
  ["strict", undefined],
  ["strict", {}],
  ["namespace-wide", { [NAMESPACE_WIDE]: "true" }],
  ["cluster-wide", { [CLUSTER_WIDE]: "true" }],
  ["cluster-wide", { [NAMESPACE_WIDE]: "true", [CLUSTER_WIDE]: "true" }],
  ["namespace-wide", { [NAMESPACE_WIDE]: "true", [CLUSTER_WIDE]: "false" }],
  ["strict", { [NAMESPACE_WIDE]: "True", [CLUSTER_WIDE]: "1" }],
  ["strict", { [NAMESPACE_WIDE]: " true", [CLUSTER_WIDE]: "" }],
])("scopeOf says %s of %j", (scope, annotations) => {
  expect(scopeOf(annotations)).toBe(scope);
});

describe("withScope", () => {
  test.each(SCOPES)("declares %s and no other scope, and keeps the rest", (scope) => {
    const before = { kept: "yes", [NAMESPACE_WIDE]: "true", [CLUSTER_WIDE]: "true" };
    const { kept, ...declared } = withScope(before, scope);
    expect(kept).toBe("yes");
    expect(scopeOf(declared)).toBe(scope);
    expect(Object.keys(declared)).toHaveLength(scope === "strict" ? 0 : 1);
  });

  test("leaves its argument alone", () => {
    const before = Object.freeze({ [CLUSTER_WIDE]: "true" });
    expect(withScope(before, "strict")).toEqual({});
  });
});

test.each([
  ["strict", "payments/database"],
  ["namespace-wide", "payments"],
  ["cluster-wide", ""],
] as const)("labelOf binds %s to %j", (scope, label) => {
  const bytes = labelOf({ scope, namespace: "payments", name: "database" });
  expect(new TextDecoder().decode(bytes)).toBe(label);
});

test("readScope knows the three and refuses any other by its name", async () => {
  expect(SCOPES.map(readScope)).toEqual(["strict", "namespace-wide", "cluster-wide"]);
  for (const found of ["", "Strict", "cluster", "toString"]) {
    expect(await problemOf(() => readScope(found))).toEqual({ code: "unknown_scope", found });
  }
});
