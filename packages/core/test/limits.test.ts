import { describe, expect, test } from "vitest";
import { readSealedSecret, readSecret } from "../src/index.ts";
import { problemOf } from "./problems.ts";

const SEALED = { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata: { name: "n" } };
const SECRET = { apiVersion: "v1", kind: "Secret", metadata: { name: "n" } };

describe.each([
  ["readSealedSecret", (fields: object) => readSealedSecret({ ...SEALED, spec: {}, ...fields })],
  ["readSecret", (fields: object) => readSecret({ ...SECRET, ...fields })],
] as const)("%s", (_, read) => {
  const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) });

  test("takes a document of a hundred levels, and refuses a deeper one", async () => {
    expect(() => read({ later: nested(98) })).not.toThrow();
    const problem = await problemOf(() => read({ later: nested(99) }));
    expect(problem).toEqual({ code: "too_large", what: "levels", limit: 100 });
    expect(await problemOf(() => read({ later: nested(5_000) }))).toEqual(problem);
  });

  test("ends on one that contains itself", async () => {
    const self: Record<string, unknown> = {};
    self["self"] = self;
    expect(await problemOf(() => read({ later: self }))).toMatchObject({ code: "too_large", what: "levels" });
  });

  test("ends on one that aliases have blown up", async () => {
    let bomb: unknown = "lol";
    for (let level = 0; level < 30; level += 1) bomb = [bomb, bomb, bomb, bomb, bomb, bomb, bomb, bomb, bomb];
    expect(await problemOf(() => read({ later: bomb }))).toMatchObject({ code: "too_large", what: "fields" });
  });
});

describe("readSealedSecret", () => {
  const sealedWith = (spec: object) => readSealedSecret({ ...SEALED, spec });

  test("takes what an API server could hold, and refuses 10 MB of base64", async () => {
    const text = "A".repeat(3 * 1024 * 1024);
    expect(() => sealedWith({ encryptedData: { a: text, b: text } })).not.toThrow();
    const problem = { code: "too_large", what: "sealed characters", limit: 8 * 1024 * 1024 };
    expect(await problemOf(() => sealedWith({ encryptedData: { a: text, b: text, c: text } }))).toEqual(problem);
    expect(await problemOf(() => sealedWith({ data: "A".repeat(10_000_000) }))).toEqual(problem);
  });

  test("takes exactly as much as its limits say", () => {
    expect(() => sealedWith({ encryptedData: { a: "A".repeat(8 * 1024 * 1024) } })).not.toThrow();
    expect(() => sealedWith({ encryptedData: itemsOf(10_000) })).not.toThrow();
  });

  test("refuses more than ten thousand items", async () => {
    const problem = await problemOf(() => sealedWith({ encryptedData: itemsOf(10_001) }));
    expect(problem).toEqual({ code: "too_large", what: "items", limit: 10_000 });
  });

  function itemsOf(count: number): Readonly<Record<string, string>> {
    return Object.fromEntries(Array.from({ length: count }, (_, index) => [`item-${index}`, ""]));
  }
});

test("a text with half of a surrogate pair is refused, since UTF-8 cannot hold it", async () => {
  const problem = await problemOf(() => readSecret({ ...SECRET, stringData: { a: "\ud83e" } }));
  expect(problem).toEqual({ code: "invalid_field", field: "stringData.a", expected: "well-formed Unicode" });
  expect(readSecret({ ...SECRET, stringData: { a: "\ud83e\uddad\u0000" } }).data.get("a")).toHaveLength(5);
});
