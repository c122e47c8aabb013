import { describe, expect, test } from "vitest";
import type { SeenSecret } from "../src/ports.ts";
import { Settled } from "../src/settled.ts";
import { observedSealedSecret } from "./doubles/objects.ts";

function settledAt(seen: SeenSecret) {
  const settled = new Settled((key) => (key === "shop/database" ? seen : "none"));
  settled.note(observedSealedSecret(), "8");
  return { settled };
}

const at = (resourceVersion: string): SeenSecret => ({ uid: "secret-uid", resourceVersion });

describe("what was left in order", () => {
  test("stays so while neither object changes", () => {
    const { settled } = settledAt(at("8"));
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
    expect(settledAt(at("8")).settled.holds(observedSealedSecret(changes))).toBe(false);
  });

  test("stays so whatever else people note on the SealedSecret", () => {
    const { settled } = settledAt(at("8"));
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", tool: "x" };
    expect(settled.holds(observedSealedSecret({ annotations }))).toBe(true);
  });

  test.each<SeenSecret>([at("9"), "none", "unknown"])("is not while of the Secret is seen: %o", (seen) => {
    expect(settledAt(seen).settled.holds(observedSealedSecret())).toBe(false);
  });

  test("is forgotten with its object", () => {
    const { settled } = settledAt(at("8"));
    settled.forget("shop/database");
    expect(settled.holds(observedSealedSecret())).toBe(false);
    expect(settled.differs("shop/database", "9")).toBe(false);
  });
});

test("a Secret differs only where it was left in order", () => {
  const { settled } = settledAt(at("8"));
  expect(settled.differs("shop/database", "8")).toBe(false);
  expect(settled.differs("shop/database", "9")).toBe(true);
  expect(settled.differs("shop/other", "9")).toBe(false);
});

test.each<[SeenSecret, boolean]>([
  [at("9"), true],
  [at("10"), true],
  [at("8"), false],
  [at("7"), false],
  [at("later"), false],
  ["none", false],
  ["unknown", false],
])(
  "a Secret that somebody changed before it was noted is told of, and one of which less was heard is not: %o",
  (seen, told) => {
    const overtaken: string[] = [];
    new Settled(
      () => seen,
      (key) => overtaken.push(key),
    ).note(observedSealedSecret(), "8");
    expect(overtaken).toEqual(told ? ["shop/database"] : []);
  },
);
