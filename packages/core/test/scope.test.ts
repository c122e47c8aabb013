import { describe, expect, test } from "vitest";
import { type Binding, labelOf, readScope, SCOPES, scopeOf } from "../src/index.ts";
import { assertBindable, isBindable, withScope } from "../src/scope.ts";
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

const LABEL = { field: "metadata.namespace", expected: "a DNS label" };
const NAME = { field: "metadata.name", expected: "a DNS name in lower case" };

describe("a scope binds what Kubernetes takes for a name, and nothing else", () => {
  const names = ["a", "0", "a-b", "a.b", "a.bc", "a.b-c", "a.b--c.d0", "a.b1c", `${"a".repeat(63)}.b`, "a".repeat(253)];
  test.each(names)("the name %s", (name) => {
    expectBindable({ scope: "strict", namespace: "ns", name }, null);
  });

  const notNames = [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "-a",
    "a-",
    "a.-b",
    "a.b-",
    "a.b-.c",
    "a/b",
    "a.B",
    "a.b_c",
    "A",
    "a b",
    "a\n",
  ];
  test.each([...notNames, "a".repeat(254)])("not the name %j", (name) => {
    expectBindable({ scope: "strict", namespace: "ns", name }, NAME);
    expectBindable({ scope: "namespace-wide", namespace: "ns", name }, null);
    expectBindable({ scope: "cluster-wide", namespace: "ns", name }, null);
  });

  test.each(["a", "7", "a-b", "a--0", "abc", "a".repeat(63)])("the namespace %s", (namespace) => {
    expectBindable({ scope: "strict", namespace, name: "n" }, null);
    expectBindable({ scope: "namespace-wide", namespace, name: "n" }, null);
  });

  const notNamespaces = ["", "-", "-a", "a-", "a.b", "a/b", "A", "a_b", "a\n", "a".repeat(64)];
  test.each(notNamespaces)("not the namespace %j", (namespace) => {
    expectBindable({ scope: "strict", namespace, name: "n" }, LABEL);
    expectBindable({ scope: "namespace-wide", namespace, name: "n" }, LABEL);
    expectBindable({ scope: "cluster-wide", namespace, name: "n" }, null);
  });

  function expectBindable(binding: Binding, refused: typeof NAME | null): void {
    expect(isBindable(binding)).toBe(refused === null);
    const bind = () => assertBindable(binding);
    if (refused === null) expect(bind).not.toThrow();
    else expect(bind).toThrow(expect.objectContaining({ problem: { code: "invalid_field", ...refused } }));
  }
});
