import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Urgency, WaitingKeys } from "../src/waiting-keys.ts";

function waiting(...places: readonly (readonly [key: string, urgency: Urgency])[]): WaitingKeys {
  const keys = new WaitingKeys();
  places.forEach(([key, urgency], index) => {
    keys.add(key, urgency, index);
  });
  return keys;
}

function takeAll(keys: WaitingKeys): string[] {
  const taken: string[] = [];
  for (let place = keys.take(); place !== null; place = keys.take()) taken.push(place.key);
  return taken;
}

const many = (count: number, namespace: string) => Array.from({ length: count }, (_, index) => `${namespace}/${index}`);

describe("namespaces", () => {
  test("take turns, and each keeps its order", () => {
    const keys = waiting(
      ["a/1", "changed"],
      ["a/2", "changed"],
      ["a/3", "changed"],
      ["b/1", "changed"],
      ["c/1", "changed"],
    );
    expect(takeAll(keys)).toEqual(["a/1", "b/1", "c/1", "a/2", "a/3"]);
  });

  test("with a few keys do not wait for one with thousands", () => {
    const keys = new WaitingKeys();
    for (const key of [...many(5_000, "hostile"), ...many(100, "good")]) keys.add(key, "backlog", 0);
    const taken = takeAll(keys);
    expect(taken.findLastIndex((key) => key.startsWith("good/"))).toBeLessThan(200);
  });
});

describe("urgency", () => {
  test("goes before arrival", () => {
    const keys = waiting(["a/retry", "retry"], ["a/backlog", "backlog"], ["a/changed", "changed"]);
    expect(takeAll(keys)).toEqual(["a/changed", "a/backlog", "a/retry"]);
  });

  test.each(["backlog", "retry"] as const)("leaves the %s a share, however much that is urgent comes", (urgency) => {
    const keys = waiting(["a/patient", urgency]);
    let takes = 0;
    for (let key = ""; key !== "a/patient"; takes++) {
      keys.add(`a/${takes}`, "changed", 0);
      keys.add(`b/${takes}`, "changed", 0);
      key = keys.take()?.key ?? "";
    }
    expect(takes).toBeGreaterThan(1);
    expect(takes).toBeLessThanOrEqual(64);
  });

  test("rises where a key that waits is wanted more, and never falls", () => {
    const keys = waiting(["a/1", "backlog"], ["a/2", "backlog"], ["a/3", "backlog"], ["a/4", "changed"]);
    keys.add("a/3", "changed", 9);
    keys.add("a/4", "retry", 9);
    expect([keys.depth("changed"), keys.depth("backlog"), keys.depth("retry"), keys.size]).toEqual([2, 2, 0, 4]);
    expect(takeAll(keys)).toEqual(["a/4", "a/3", "a/1", "a/2"]);
  });
});

describe("the oldest", () => {
  test("is the first that came and still waits there, in whatever namespace", () => {
    const keys = waiting(["a/1", "backlog"], ["b/1", "backlog"], ["a/2", "backlog"]);
    expect(keys.oldest("backlog")).toBe(0);
    keys.add("a/1", "changed", 7);
    expect([keys.oldest("changed"), keys.oldest("backlog"), keys.oldest("retry")]).toEqual([7, 1, null]);
    takeAll(keys);
    expect(keys.oldest("backlog")).toBeNull();
  });
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        key: fc.constantFrom("a/1", "a/2", "b/1", "c/1", "c/2"),
        urgency: fc.constantFrom<Urgency>("changed", "backlog", "retry"),
      }),
    },
    { weight: 1, arbitrary: fc.constant("take" as const) },
  ),
);

test("whatever is added waits once, is counted, and is taken once", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const keys = new WaitingKeys();
      const expected = new Set<string>();
      for (const step of script) {
        if (step !== "take") {
          keys.add(step.key, step.urgency, 0);
          expected.add(step.key);
        } else {
          const taken = keys.take();
          expect(taken === null).toBe(expected.size === 0);
          if (taken !== null) expect(expected.delete(taken.key)).toBe(true);
        }
        expect(keys.size).toBe(expected.size);
        expect(keys.depth("changed") + keys.depth("backlog") + keys.depth("retry")).toBe(expected.size);
      }
      expect(takeAll(keys).sort()).toEqual([...expected].sort());
    }),
  );
});
