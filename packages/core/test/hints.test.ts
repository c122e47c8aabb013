import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64, utf8 } from "../src/bytes.ts";
import { hintFor, isHintOf, withHints } from "../src/hints.ts";
import { HINTS_ANNOTATION, readHints, seal, unseal } from "../src/index.ts";
import * as arbitrary from "./arbitraries.ts";
import { testKey, testRing } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const HINT = ["AAAAAAAAAAAA", "s", "payments", "database", "BBBBBBBBBBBB"];

describe("the hints that seal writes", () => {
  test.each([
    ["strict", "s", "ns", "n"],
    ["namespace-wide", "n", "ns", ""],
    ["cluster-wide", "c", "", ""],
  ] as const)("say what each item was sealed to, as far as it is bound: %s", async (scope, letter, namespace, name) => {
    const data = new Map(["b", "a"].map((item) => [item, utf8(item)]));
    const sealed = await seal({ metadata: { name: "n", namespace: "ns" }, data }, { certificate, scope, hints: true });
    const text = sealed.metadata.annotations?.[HINTS_ANNOTATION] ?? "";
    const part = expect.stringMatching(/^[A-Za-z0-9+/]{12}$/);
    const key = certificate.fingerprint.replace("SHA256:", "").slice(0, 12);
    expect(Object.entries(JSON.parse(text))).toEqual(
      ["b", "a"].map((item) => [item, [key, letter, namespace, name, part]]),
    );
    expect(text).not.toMatch(/\s/);
    for (const [item, hint] of readHints(sealed.metadata.annotations)) {
      const bytes = decodeBase64(sealed.spec.encryptedData[item] ?? "") ?? utf8("");
      expect(hint).toEqual(await hintFor(bytes, { scope, namespace: "ns", name: "n" }, certificate.fingerprint));
      expect(await isHintOf(hint, bytes)).toBe(true);
      expect(await isHintOf(hint, bytes.subarray(1))).toBe(false);
    }
  });

  test("are not there unless they are asked for, and never on the template or the Secret", async () => {
    const secret = { metadata: { name: "n", namespace: "ns" }, data: new Map([["a", utf8("a")]]) };
    expect(JSON.stringify(await seal(secret, { certificate }))).not.toContain(HINTS_ANNOTATION);
    const hinted = await seal(secret, { certificate, hints: true });
    expect(JSON.stringify(hinted.spec)).not.toContain(HINTS_ANNOTATION);
    expect((await unseal(hinted, await testRing("rsa-2048"))).secret.metadata).toEqual(secret.metadata);
  });
});

describe("readHints", () => {
  test("reads what withHints writes, whatever the items are called", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(arbitrary.itemName, arbitrary.scope, arbitrary.objectName), {
          selector: ([item]) => item,
        }),
        (given) => {
          const hints = new Map(
            given.map(([item, scope, name]) => {
              const binding = {
                scope,
                namespace: scope === "cluster-wide" ? "" : "ns",
                name: scope === "strict" ? name : "",
              };
              return [item, { key: "AAAAAAAAAAAA", binding, hash: "BBBBBBBBBBBB" }];
            }),
          );
          const annotations = withHints({ kept: "yes" }, hints);
          // Integer-like names come first in any object of JavaScript, also in encryptedData.
          expect(new Map([...readHints(annotations)].sort())).toEqual(new Map([...hints].sort()));
          expect(withHints(annotations, new Map())).toEqual({ kept: "yes" });
        },
      ),
    );
  });

  test.each(["", "nonsense", "[]", "null", "7", '"text"', "{", '{"a":'])("finds none in %j", (text) => {
    expect(readHints({ [HINTS_ANNOTATION]: text })).toEqual(new Map());
  });

  test("finds none in what is nested deeply", () => {
    expect(readHints({ [HINTS_ANNOTATION]: `{"a":${"[".repeat(50_000)}` })).toEqual(new Map());
  });

  test.each([
    ["a scope that is none", ["k", "x", "ns", "n", "h"]],
    ["too few", HINT.slice(1)],
    ["too many", [...HINT, ""]],
    ["a number", [1, "s", "ns", "n", "h"]],
    ["an object", { 0: "k" }],
    ["null", null],
  ])("passes over %s, and reads the others", (_, entry) => {
    const text = JSON.stringify({ broken: entry, fine: HINT });
    expect([...readHints({ [HINTS_ANNOTATION]: text }).keys()]).toEqual(["fine"]);
  });

  test("reads none of an annotation that no API server would keep, and all of the longest that it would", () => {
    const hintsIn = (length: number) => {
      const text = JSON.stringify({ a: HINT });
      return readHints({ [HINTS_ANNOTATION]: text.padEnd(length) }).size;
    };
    expect([256 * 1024, 256 * 1024 + 1].map(hintsIn)).toEqual([1, 0]);
  });
});
