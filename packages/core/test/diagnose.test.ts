import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cryptography } from "#crypto";
import { decodeBase64, encodeBase64, utf8 } from "../src/bytes.ts";
import {
  type ConditionFinding,
  conditionOf,
  type DiagnoseOptions,
  describeConditionFinding,
  describeVerdict,
  diagnose,
  KeyRing,
  readSealedSecret,
  type Scope,
  type SealedSecret,
  seal,
  sealValue,
  unseal,
  type Verdict,
} from "../src/index.ts";
import { withScope } from "../src/scope.ts";
import * as arbitrary from "./arbitraries.ts";
import { problemOf } from "./problems.ts";
import { testKey, testRing } from "./test-keys.ts";

const VALUE = "Zx9vQ7-tyrannosaurus-4411-kR2m";
const key = await testKey("rsa-2048");
const ring = await testRing("other-rsa-2048", "rsa-2048", "rsa-4096");
const USED = { fingerprint: key.fingerprint, retired: false };

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an item that opens", () => {
  test("says with which key", async () => {
    expect(await verdict(await sealed())).toEqual({ verdict: "opens", key: USED, place: null });
  });

  test("says of a retired key that it is one", async () => {
    const retired = new KeyRing([{ ...key, retired: true }]);
    const found = { verdict: "opens", key: { ...USED, retired: true }, place: null };
    expect(await verdict(await sealed(), {}, retired)).toEqual(found);
  });
});

describe("an item that does not open", () => {
  test.each([
    ["***", { verdict: "not_base64" }],
    ["AAAA", { verdict: "too_short" }],
    [
      encodeBase64(Uint8Array.from({ length: 2 + 128 + 16 }, (_, at) => [0, 128][at] ?? 7)),
      { verdict: "no_key_of_that_length", bits: 1024 },
    ],
  ])("says what is wrong with its shape", async (text, expected) => {
    expect(await verdict(withItem(await sealed(), text))).toEqual(expected);
  });

  test("says that no key opens it", async () => {
    const others = await testRing("other-rsa-2048", "rsa-4096");
    expect(await verdict(await sealed(), {}, others)).toEqual({ verdict: "no_key_opens" });
  });

  test.each(["namespace-wide", "cluster-wide"] as const)("says that it is of another scope: %s", async (scope) => {
    const { metadata, ...rest } = await sealed(scope);
    const stripped = { ...rest, metadata: { ...metadata, annotations: {} } };
    const binding = { scope, namespace: scope === "cluster-wide" ? "" : "ns", name: "" };
    expect(await verdict(stripped)).toMatchObject({ verdict: "opens", place: { from: "object", binding } });
    const annotations = withScope({}, scope);
    const widened = { ...(await sealed()), metadata: { ...metadata, annotations } };
    const strict = { scope: "strict", namespace: "ns", name: "n" };
    expect(await verdict(widened)).toMatchObject({ verdict: "opens", place: { from: "object", binding: strict } });
  });

  test.each([
    [{ name: "renamed", namespace: "ns" }],
    [{ name: "n", namespace: "moved" }],
    [{ name: "renamed", namespace: "moved" }],
  ])("says that it was called otherwise, as its template still is: %j", async (metadata) => {
    const binding = { scope: "strict", namespace: "ns", name: "n" };
    const moved = { ...(await sealed()), metadata };
    expect(await verdict(moved)).toMatchObject({ verdict: "opens", place: { from: "template", binding } });
  });

  test("says that it was called otherwise, as its hint still does", async () => {
    const hinted = await sealed("strict", { hints: true });
    const metadata = { ...hinted.metadata, name: "renamed", namespace: "moved" };
    const binding = { scope: "strict", namespace: "ns", name: "n" };
    const moved = { ...hinted, metadata, spec: { encryptedData: hinted.spec.encryptedData } };
    expect(await verdict(moved)).toMatchObject({ verdict: "opens", place: { from: "hint", binding } });
  });

  test("says that a candidate opens it, and does not repeat the candidate", async () => {
    const { spec, ...rest } = await sealed();
    const moved = {
      ...rest,
      metadata: { name: "renamed", namespace: "moved" },
      spec: { encryptedData: spec.encryptedData },
    };
    expect(await verdict(moved)).toEqual({ verdict: "no_key_opens" });
    const candidates = [{ name: "x" }, { namespace: "ns" }, { name: "n", namespace: "ns" }];
    const found = await verdict(moved, { candidates });
    expect(found).toEqual({ verdict: "opens", key: USED, place: { from: "candidate", index: 2 } });
    expect(await verdict({ ...moved, metadata: { name: "n", namespace: "moved" } }, { candidates })).toMatchObject({
      place: { from: "candidate", index: 1 },
    });
  });

  test("says that it was altered, here or elsewhere", async () => {
    const altered = withLastByteChanged(await sealed());
    expect(await verdict(altered)).toEqual({ verdict: "altered", key: USED, place: null });
    const moved = { ...altered, metadata: { name: "renamed", namespace: "ns" } };
    expect(await verdict(moved)).toMatchObject({ verdict: "altered", place: { from: "template" } });
  });

  test("is told apart from the others, in spec.data too", async () => {
    const fine = await sealed();
    const encryptedData = { ...fine.spec.encryptedData, b: "***" };
    const { items } = await diagnose({ ...fine, spec: { encryptedData, data: "AAAA" } }, ring);
    expect([...items].map(([item, { verdict }]) => [item, verdict])).toEqual([
      ["a", "opens"],
      ["b", "not_base64"],
      ["spec.data", "too_short"],
    ]);
  });
});

test("agrees with unseal, whatever changed: its own place is said to open exactly where it does", async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitrary.scope,
      arbitrary.scope,
      fc.constantFrom("n", "renamed"),
      fc.constantFrom("ns", "moved"),
      async (sealedAs, openedAs, name, namespace) => {
        const { spec } = await sealed(sealedAs);
        const metadata = { name, namespace, annotations: withScope({}, openedAs) };
        const object = { ...(await sealed()), metadata, spec };
        const opened = await unseal(object, ring).then(
          () => true,
          () => false,
        );
        const found = await verdict(object);
        // Name and namespace stand in the template, so that it always opens somewhere.
        expect(found).toMatchObject({ verdict: "opens" });
        expect(found?.verdict === "opens" && found.place === null).toBe(opened);
      },
    ),
    { numRuns: 40 },
  );
});

describe("the work", () => {
  test("ends after so many failed attempts", async () => {
    const { spec } = await sealed();
    const items = Array.from({ length: 50 }, (_, index) => [`item-${index}`, spec.encryptedData["a"] ?? ""]);
    const object = {
      ...(await sealed()),
      metadata: { name: "x", namespace: "y" },
      spec: { encryptedData: Object.fromEntries(items) },
    };
    const tried = vi.spyOn(cryptography, "decryptOaep");
    const { items: verdicts } = await diagnose(object, ring, { maxFailedTrials: 20 });
    expect(tried).toHaveBeenCalledTimes(20);
    expect([...verdicts.values()].at(-1)).toEqual({ verdict: "not_tried" });
  });

  test("is not done again for each item that was sealed to the same other place", async () => {
    const { spec, ...rest } = await sealed();
    const { a = "" } = spec.encryptedData;
    const object = {
      ...rest,
      metadata: { name: "renamed", namespace: "ns" },
      spec: { ...spec, encryptedData: { a, b: a, c: a } },
    };
    const tried = vi.spyOn(cryptography, "decryptOaep");
    await diagnose(object, new KeyRing([key]));
    const first = tried.mock.calls.length;
    tried.mockClear();
    await diagnose({ ...object, spec: { ...spec, encryptedData: { a } } }, new KeyRing([key]));
    // Its own place fails once, and then the other one opens.
    expect(first - tried.mock.calls.length).toBe(2 * 2);
  });

  test("needs no key", async () => {
    const bits = 2048;
    expect(await verdict(await sealed(), {}, new KeyRing([]))).toEqual({ verdict: "no_key_of_that_length", bits });
  });
});

test("the public part knows the keys by their certificates, if all have one", async () => {
  const hinted = await sealed("strict", { hints: true });
  const other = await testKey("other-rsa-2048");
  const { public: known } = await diagnose(hinted, new KeyRing([other]));
  expect(known.items).toEqual(new Map([["a", [{ code: "hinted_key" }]]]));
  const bare = { ...(await testKey("rsa-4096")), certificate: null };
  const { public: unsure } = await diagnose(hinted, new KeyRing([other, bare]));
  expect(unsure.items.size).toBe(0);
});

describe("what a status may say", () => {
  test("is where an item would have opened, if that place stands in the object", async () => {
    const moved = { ...(await sealed()), metadata: { name: "renamed", namespace: "ns" } };
    const { items, public: shown } = conditionOf(await diagnose(moved, ring));
    const binding = { scope: "strict", namespace: "ns", name: "n" };
    expect(items).toEqual(new Map([["a", { code: "opens_elsewhere", from: "template", binding }]]));
    expect(shown.object).toEqual([{ code: "template_name", object: "renamed", template: "n" }]);
  });

  test("is neither a candidate, nor a key, nor that something was altered", async () => {
    const { spec, ...rest } = await sealed();
    const moved = { ...rest, metadata: { name: "x", namespace: "y" }, spec: { encryptedData: spec.encryptedData } };
    const byCandidate = await diagnose(moved, ring, { candidates: [{ name: "n", namespace: "ns" }] });
    const altered = await diagnose(withLastByteChanged(await sealed()), ring);
    for (const diagnosis of [byCandidate, altered]) {
      expect(conditionOf(diagnosis).items).toEqual(new Map([["a", { code: "no_key_opens" }]]));
    }
    const retired = new KeyRing([{ ...key, retired: true }]);
    expect(conditionOf(await diagnose(await sealed(), retired)).items.size).toBe(0);
  });

  test.each(["***", "AAAA"])("has the same failure as unseal: %j", async (text) => {
    const broken = withItem(await sealed(), text);
    const problem = await problemOf(() => unseal(broken, ring));
    const failure = problem.code === "undecryptable" ? problem.items.get("a") : null;
    expect(conditionOf(await diagnose(broken, ring)).items).toEqual(new Map([["a", { code: failure }]]));
  });
});

describe("neither form", () => {
  test("tells anything of a value or of a candidate", async () => {
    const { spec, ...rest } = await sealed();
    const candidate = "a-guess-of-the-caller";
    const candidates = [{ name: candidate, namespace: candidate }];
    for (const metadata of [rest.metadata, { name: "x", namespace: "y" }]) {
      const text = await sealValue(
        utf8(VALUE),
        { scope: "strict", namespace: candidate, name: candidate },
        key.certificate,
      );
      const object = { ...rest, metadata, spec: { ...spec, encryptedData: { ...spec.encryptedData, b: text } } };
      const diagnosis = await diagnose(object, ring, { candidates });
      const told = JSON.stringify([
        [...diagnosis.items],
        [...diagnosis.public.items],
        diagnosis.public.object,
        [...conditionOf(diagnosis).items],
        [...diagnosis.items.values()].map(describeVerdict),
      ]);
      for (const form of [VALUE, btoa(VALUE), candidate]) expect(told).not.toContain(form);
    }
  });
});

describe("the words for it", () => {
  const place = { from: "template", binding: { scope: "strict", namespace: "ns", name: "n" } } as const;
  const verdicts: { readonly [V in Verdict["verdict"]]: Extract<Verdict, { verdict: V }> } = {
    opens: { verdict: "opens", key: USED, place },
    altered: { verdict: "altered", key: { ...USED, retired: true }, place: { from: "candidate", index: 0 } },
    not_base64: { verdict: "not_base64" },
    too_short: { verdict: "too_short" },
    no_key_of_that_length: { verdict: "no_key_of_that_length", bits: 1024 },
    no_key_opens: { verdict: "no_key_opens" },
    not_tried: { verdict: "not_tried" },
  };
  const conditions: readonly ConditionFinding[] = [{ code: "no_key_opens" }, { code: "opens_elsewhere", ...place }];

  test.each(Object.values(verdicts))("are one line: $verdict", (found) => {
    expect(describeVerdict(found)).toMatch(/^[\x20-\x7e]{5,300}$/);
    expect(describeVerdict(found)).not.toMatch(/undefined|null|\[object/);
  });

  test("name place and key for the key holder, and the place alone in a status", () => {
    expect(describeVerdict(verdicts.opens)).toContain("only as sealed to the name n in the namespace ns (strict)");
    expect(describeVerdict(verdicts.opens)).toContain(key.fingerprint);
    expect(describeVerdict(verdicts.altered)).toContain("candidate 1 and the retired key");
    expect(conditions.map(describeConditionFinding).join()).toContain("the name n in the namespace ns (strict)");
    expect(conditions.map(describeConditionFinding).join()).not.toContain("SHA256");
  });
});

async function verdict(object: SealedSecret, options: DiagnoseOptions = {}, keys = ring): Promise<Verdict | undefined> {
  return (await diagnose(object, keys, options)).items.get("a");
}

async function sealed(scope: Scope = "strict", options: { readonly hints?: boolean } = {}): Promise<SealedSecret> {
  const secret = { metadata: { name: "n", namespace: "ns" }, data: new Map([["a", utf8(VALUE)]]) };
  return readSealedSecret(await seal(secret, { certificate: key.certificate, scope, ...options }));
}

function withItem(object: SealedSecret, text: string): SealedSecret {
  return { ...object, spec: { ...object.spec, encryptedData: { a: text } } };
}

function withLastByteChanged(object: SealedSecret): SealedSecret {
  const bytes = decodeBase64(object.spec.encryptedData["a"] ?? "") ?? new Uint8Array();
  return withItem(object, encodeBase64(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte))));
}
