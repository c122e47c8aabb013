import { describe, expect, test } from "vitest";
import { Settled } from "../src/settled.ts";
import { observedSealedSecret } from "./doubles/objects.ts";

function settledAt(version: string | null) {
  const seen = { version };
  const settled = new Settled((key) => (key === "shop/database" ? seen.version : null));
  settled.note(observedSealedSecret(), "8");
  return { settled, seen };
}

describe("what was left in order", () => {
  test("stays so while neither object changes", () => {
    const { settled } = settledAt("8");
    expect(settled.holds(observedSealedSecret())).toBe(true);
    expect(settled.holds(observedSealedSecret({ resourceVersion: "31", status: { observedGeneration: 3 } }))).toBe(
      true,
    );
  });

  test.each([
    ["a new spec", { generation: 4 }],
    ["another object of that name", { uid: "uid-2" }],
    ["another scope", { annotations: { "sealedsecrets.bitnami.com/cluster-wide": "true" } }],
    ["another name", { name: "other" }],
  ])("is not after %s", (_, changes) => {
    expect(settledAt("8").settled.holds(observedSealedSecret(changes))).toBe(false);
  });

  test.each(["9", null])("is not while the Secret is seen at version %s", (version) => {
    expect(settledAt(version).settled.holds(observedSealedSecret())).toBe(false);
  });

  test("is forgotten with its object", () => {
    const { settled } = settledAt("8");
    settled.forget("shop/database");
    expect(settled.holds(observedSealedSecret())).toBe(false);
    expect(settled.differs("shop/database", "9")).toBe(false);
  });
});

test("a Secret differs only where it was left in order", () => {
  const { settled } = settledAt("8");
  expect(settled.differs("shop/database", "8")).toBe(false);
  expect(settled.differs("shop/database", "9")).toBe(true);
  expect(settled.differs("shop/other", "9")).toBe(false);
});
