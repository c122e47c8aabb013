import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readVectors } from "../../../test/vectors/vector-files.ts";
import { concat, decodeBase64, encodeBase64, uint16, uint32 } from "../src/bytes.ts";
import { readSealedSecret, unseal } from "../src/index.ts";
import { base64 } from "./encodings.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testRing } from "./test-keys.ts";

/** A browser has no Buffer, and bytes.ts must not need one. */
const WITHOUT = "without Buffer, as in a browser";
const SURROUNDINGS = "Buffer" in globalThis ? ["with Buffer", WITHOUT] : [WITHOUT];

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(SURROUNDINGS)("base64 %s", (surroundings) => {
  const inside = <T>(action: () => T): T => {
    if (surroundings === WITHOUT) vi.stubGlobal("Buffer", undefined);
    try {
      return action();
    } finally {
      vi.unstubAllGlobals();
    }
  };

  test("decodes what it encodes, and encodes as everybody does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = inside(() => encodeBase64(bytes));
        expect(text).toBe(base64(bytes));
        expect(Array.from(inside(() => decodeBase64(text)) ?? [])).toEqual(Array.from(bytes));
      }),
    );
  });

  test("takes a view for what it shows, at any length", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
    const view = bytes.subarray(1, 99_999);
    const decoded = inside(() => decodeBase64(encodeBase64(view)));
    expect(decoded?.length).toBe(view.length);
    expect(decoded?.every((byte, index) => byte === view[index])).toBe(true);
  });

  test.each(readVectors("base64.json").texts)("reads what the Go project reads: $name", ({ text, accepted }) => {
    expect(inside(() => decodeBase64(text)) !== null).toBe(accepted);
  });

  test("refuses what is no base64", () => {
    for (const text of ["A", "=", "====", "A===", "AB=C", "AA=A", "AAAA=", "AA==AA==", "AA\u0000=", "AA–="]) {
      expect(inside(() => decodeBase64(text))).toBeNull();
    }
  });
});

describe("base64.json: spellings of one sealed value", () => {
  const { key, sealedSecret, item, value, texts } = readVectors("base64.json");
  const spelled = (text: string) =>
    readSealedSecret({ ...sealedSecret, spec: { ...sealedSecret.spec, encryptedData: { [item]: text } } });

  test.each(texts.filter(({ accepted }) => accepted))("unseal opens it: $name", async ({ text }) => {
    const { secret } = await unseal(spelled(text), await testRing(key));
    expect(itemsOf(secret.data)).toEqual(new Map([[item, value]]));
  });

  test.each(texts.filter(({ accepted }) => !accepted))("unseal refuses it: $name", async ({ text }) => {
    const ring = await testRing(key);
    const problem = await problemOf(() => unseal(spelled(text), ring));
    expect(problem).toEqual({ code: "undecryptable", items: new Map([[item, "not_base64"]]) });
  });
});

test("uint16 and uint32 are big-endian", () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff }), fc.nat({ max: 0xffffffff }), (short, long) => {
      const view = new DataView(Uint8Array.from(concat(uint16(short), uint32(long))).buffer);
      expect([view.getUint16(0), view.getUint32(2)]).toEqual([short, long]);
    }),
  );
});
