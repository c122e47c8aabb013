import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, decodeBase64, encodeBase64, utf8 } from "../src/bytes.ts";
import { type Binding, labelOf, SCOPES, type Scope, type SealedSecret, sealValue, unseal } from "../src/index.ts";
import { withScope } from "../src/scope.ts";
import * as arbitrary from "./arbitraries.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testKey, testRing } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const ring = await testRing("rsa-2048", "other-rsa-2048");
const VALUE = utf8("a value");

const binding: fc.Arbitrary<Binding> = fc.record({
  scope: arbitrary.scope,
  namespace: arbitrary.objectName,
  name: fc.oneof(
    arbitrary.objectName,
    fc.tuple(arbitrary.objectName, arbitrary.objectName).map((parts) => parts.join(".")),
  ),
});

/** What has the same name, namespace or scope more often than chance would have it. */
const bindings = fc
  .tuple(binding, binding, fc.subarray(["scope", "namespace", "name"] as const))
  .map(
    ([one, other, shared]) =>
      [one, { ...other, ...Object.fromEntries(shared.map((part) => [part, one[part]])) }] as const,
  );

describe("what was sealed", () => {
  test("opens under the name, namespace and scope that its scope binds, and under no other", async () => {
    await fc.assert(
      fc.asyncProperty(bindings, async ([sealedAs, openedAs]) => {
        const opening = unseal(objectAt(openedAs, await sealValue(VALUE, sealedAs, certificate)), ring);
        if (mayOpen(sealedAs, openedAs)) {
          expect(itemsOf((await opening).secret.data)).toEqual(new Map([["item", encodeBase64(VALUE)]]));
        } else {
          expect(await problemOf(() => opening)).toEqual(undecryptable);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("has a label that no other name, namespace and scope has", () => {
    fc.assert(
      fc.property(bindings, ([one, other]) => {
        expect(encodeBase64(labelOf(one)) === encodeBase64(labelOf(other))).toBe(mayOpen(one, other));
      }),
      { numRuns: 1_000 },
    );
  });

  test("does not open once any byte of it is another one, missing or added", async () => {
    const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const change = fc.constantFrom("replace", "remove", "insert", "cut", "append");
    await fc.assert(
      fc.asyncProperty(
        binding,
        fc.uint8Array({ maxLength: 40 }),
        place,
        change,
        fc.integer({ min: 1, max: 255 }),
        async (at, value, where, how, by) => {
          const bytes = decodeBase64(await sealValue(value, at, certificate)) ?? new Uint8Array();
          const changed = tampered(bytes, how, Math.floor(where * bytes.length), by);
          const problem = await problemOf(() => unseal(objectAt(at, encodeBase64(changed)), ring));
          expect(problem).toMatchObject({ code: "undecryptable" });
        },
      ),
      { numRuns: 100 },
    );
  });

  test("has no bit, of the value or its tag, that could be another one", async () => {
    const bytes = decodeBase64(await sealValue(VALUE, BINDING, certificate)) ?? new Uint8Array();
    const [start, length] = [bytes.length - VALUE.length - 16, VALUE.length + 16];
    for (let bit = 0; bit < 8 * length; bit += 1) {
      const changed = tampered(bytes, "replace", start + (bit >> 3), 1 << (bit & 7));
      expect(await problemOf(() => unseal(objectAt(BINDING, encodeBase64(changed)), ring))).toEqual(undecryptable);
    }
  });
});

test.each(SCOPES)(
  "a value that is %s opens in place of another one of the same binding: nothing binds its item",
  async (scope) => {
    const at = { ...BINDING, scope };
    const [one = "", other = ""] = await Promise.all(["1", "2"].map((text) => sealValue(utf8(text), at, certificate)));
    const swapped = { ...objectAt(at, one), spec: { encryptedData: { one: other, other: one } } };
    expect(itemsOf((await unseal(swapped, ring)).secret.data)).toEqual(
      new Map([
        ["one", "Mg=="],
        ["other", "MQ=="],
      ]),
    );
  },
);

const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;
const undecryptable = { code: "undecryptable", items: new Map([["item", "no_key_opens"]]) };

/** What each scope allows to differ: the table of docs/format.md, written a second time. */
function mayOpen(sealedAs: Binding, openedAs: Binding): boolean {
  const bound: Record<Scope, readonly ("namespace" | "name")[]> = {
    strict: ["namespace", "name"],
    "namespace-wide": ["namespace"],
    "cluster-wide": [],
  };
  return sealedAs.scope === openedAs.scope && bound[sealedAs.scope].every((part) => sealedAs[part] === openedAs[part]);
}

function tampered(bytes: Uint8Array, how: string, at: number, by: number): Uint8Array {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (how) {
    case "replace":
      return concat(before, Uint8Array.of((after[0] ?? 0) ^ by), after.subarray(1));
    case "remove":
      return concat(before, after.subarray(1));
    case "insert":
      return concat(before, Uint8Array.of(by), after);
    case "cut":
      return before;
    default:
      return concat(bytes, Uint8Array.of(by));
  }
}

function objectAt({ scope, namespace, name }: Binding, item: string): SealedSecret {
  return {
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { name, namespace, annotations: withScope({}, scope) },
    spec: { encryptedData: { item } },
  };
}
