import { describe, expect, test } from "vitest";
import { encodeBase64, utf8 } from "../src/bytes.ts";
import {
  describeFinding,
  edit,
  HINTS_ANNOTATION,
  type InspectOptions,
  type ItemFinding,
  inspect,
  type ObjectFinding,
  readSealedSecret,
  type Scope,
  type SealedSecret,
  seal,
  severityOf,
} from "../src/index.ts";
import { testKey } from "./test-keys.ts";

const [{ certificate }, { certificate: other }, { certificate: large }] = await Promise.all([
  testKey("rsa-2048"),
  testKey("other-rsa-2048"),
  testKey("rsa-4096"),
]);
const NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";
const CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";

/** An example of each: a code that is added without one does not compile. */
const FINDINGS: {
  readonly [Code in (ObjectFinding | ItemFinding)["code"]]: Extract<ObjectFinding | ItemFinding, { code: Code }>;
} = {
  missing_name: { code: "missing_name" },
  missing_namespace: { code: "missing_namespace", scope: "strict" },
  impossible_name: { code: "impossible_name" },
  two_scopes: { code: "two_scopes" },
  scope_ignored: { code: "scope_ignored", annotation: CLUSTER_WIDE },
  template_scope: { code: "template_scope", object: "strict", template: "cluster-wide" },
  template_name: { code: "template_name", object: "n", template: "m" },
  template_namespace: { code: "template_namespace", object: "ns", template: "ms" },
  deprecated_data: { code: "deprecated_data" },
  conflicting_data: { code: "conflicting_data" },
  no_items: { code: "no_items" },
  not_base64: { code: "not_base64" },
  too_short: { code: "too_short" },
  key_length: { code: "key_length", bits: 1024 },
  invalid_item_name: { code: "invalid_item_name" },
  hint_outdated: { code: "hint_outdated" },
  hinted_elsewhere: { code: "hinted_elsewhere", binding: { scope: "strict", namespace: "ns", name: "n" } },
  hinted_key: { code: "hinted_key" },
};

test("has nothing to say of what was just sealed, in any scope, with hints or without", async () => {
  for (const scope of ["strict", "namespace-wide", "cluster-wide"] as const) {
    for (const hints of [true, false]) {
      const diagnosis = await inspect(await sealed({ scope, hints }), { certificates: [other, certificate] });
      expect(diagnosis).toEqual({ form: "public", object: [], items: new Map() });
    }
  }
});

describe("the object", () => {
  test.each([
    [{}, ["missing_name"]],
    [{ name: "n" }, ["missing_namespace"]],
    [{ name: "n", namespace: "a/b" }, ["impossible_name"]],
    [{ name: "N", namespace: "ns" }, ["impossible_name"]],
    [{ name: "N", annotations: { [CLUSTER_WIDE]: "true" } }, []],
    [{ name: "n", namespace: "ns", annotations: { [CLUSTER_WIDE]: "true", [NAMESPACE_WIDE]: "true" } }, ["two_scopes"]],
    [{ name: "n", namespace: "ns", annotations: { [CLUSTER_WIDE]: "True" } }, ["scope_ignored"]],
    [{ name: "n", namespace: "ns", annotations: { [CLUSTER_WIDE]: "false" } }, []],
  ])("is looked at: metadata %j", async (metadata, codes) => {
    const { spec } = await sealed();
    const { template: _, ...rest } = spec;
    const { object } = await inspect(sealedWith({ metadata, spec: rest }));
    expect(object.map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    [{ name: "other" }, [{ code: "template_name", object: "n", template: "other" }]],
    [{ namespace: "other" }, [{ code: "template_namespace", object: "ns", template: "other" }]],
    [
      { annotations: { [CLUSTER_WIDE]: "true" } },
      [{ code: "template_scope", object: "strict", template: "cluster-wide" }],
    ],
    [{}, []],
  ])("is compared with its template: %j", async (metadata, findings) => {
    const { spec } = await sealed();
    const { object } = await inspect(sealedWith({ spec: { ...spec, template: { metadata } } }));
    expect(object).toEqual(findings);
  });

  test("may declare a scope that its template leaves out, as by hand, but not another one", async () => {
    const { metadata, spec } = await sealed({ scope: "cluster-wide" });
    const withTemplate = (annotations: object) =>
      sealedWith({ metadata, spec: { ...spec, template: { metadata: { annotations } } } });
    expect((await inspect(withTemplate({}))).object).toEqual([]);
    const finding = { code: "template_scope", object: "cluster-wide", template: "namespace-wide" };
    expect((await inspect(withTemplate({ [NAMESPACE_WIDE]: "true" }))).object).toEqual([finding]);
  });

  test("is free in what its scope does not bind", async () => {
    const { metadata, spec } = await sealed({ scope: "cluster-wide" });
    const renamed = { ...metadata, name: "other", namespace: "elsewhere" };
    expect((await inspect(sealedWith({ metadata: renamed, spec }))).object).toEqual([]);
  });

  test.each([
    [{}, ["no_items"]],
    [{ data: "AAAA" }, ["deprecated_data"]],
    [{ data: "AAAA", encryptedData: { a: "" } }, ["conflicting_data"]],
  ])("holds something: %j", async (spec, codes) => {
    const { object } = await inspect(sealedWith({ spec }));
    expect(object.map(({ code }) => code)).toEqual(codes);
  });
});

describe("an item", () => {
  test.each([
    ["***", [{ code: "not_base64" }]],
    ["AAAA", [{ code: "too_short" }]],
    [ofLength(128), [{ code: "key_length", bits: 1024 }]],
    [ofLength(2048), [{ code: "key_length", bits: 16384 }]],
    [ofLength(256), []],
    [ofLength(1024), []],
  ])("is looked at", async (text, findings) => {
    const { items } = await inspect(sealedWith({ spec: { encryptedData: { a: text } } }));
    expect(items.get("a") ?? []).toEqual(findings);
    const { items: ofData } = await inspect(sealedWith({ spec: { data: text } }));
    expect(ofData.get("spec.data") ?? []).toEqual(findings);
  });

  test("is held to the lengths of the certificates that are given", async () => {
    const sealedSecret = await sealed();
    const finding = new Map([["a", [{ code: "key_length", bits: 2048 }]]]);
    expect((await inspect(sealedSecret, { certificates: [large] })).items).toEqual(finding);
    expect((await inspect(sealedSecret, { certificates: [large, other] })).items).toEqual(new Map());
  });

  test("has a name that Kubernetes takes", async () => {
    const { items } = await inspect(sealedWith({ spec: { encryptedData: { "a/b": "***" } } }));
    expect(items).toEqual(new Map([["a/b", [{ code: "invalid_item_name" }, { code: "not_base64" }]]]));
  });
});

describe("a hint", () => {
  type Change = { readonly annotations?: Readonly<Record<string, string>> };
  const find = async (
    change: Change & Readonly<Record<string, unknown>>,
    options: InspectOptions = {},
    scope: Scope = "strict",
  ) => {
    const { metadata, spec } = await sealed({ scope, hints: true });
    const { template: _, ...rest } = spec;
    const annotations = { ...metadata.annotations, ...change.annotations };
    const changed = { ...metadata, ...change, annotations };
    return (await inspect(sealedWith({ metadata: changed, spec: rest }), options)).items.get("a");
  };

  test.each([{ name: "renamed" }, { namespace: "moved" }])("tells of a file that was %j", async (change) => {
    const binding = { scope: "strict", namespace: "ns", name: "n" };
    expect(await find(change)).toEqual([{ code: "hinted_elsewhere", binding }]);
  });

  test("tells of another scope", async () => {
    expect(await find({ annotations: { [CLUSTER_WIDE]: "true" } })).toMatchObject([
      { code: "hinted_elsewhere", binding: { scope: "strict" } },
    ]);
  });

  test("lets a file be renamed or moved as far as its scope does", async () => {
    expect(await find({ name: "renamed" }, {}, "namespace-wide")).toBeUndefined();
    expect(await find({ namespace: "moved" }, {}, "namespace-wide")).toMatchObject([{ code: "hinted_elsewhere" }]);
    expect(await find({ name: "renamed", namespace: "moved" }, {}, "cluster-wide")).toBeUndefined();
  });

  test("tells of another key, where it is known which ones are meant", async () => {
    expect(await find({}, { certificates: [other] })).toEqual([{ code: "hinted_key" }]);
    expect(await find({}, { certificates: [other, certificate] })).toBeUndefined();
  });

  test("is passed over where another tool has exchanged the value since", async () => {
    const hinted = await sealed({ hints: true });
    const merged = await edit(await sealed(), [{ edit: "set", item: "a", value: utf8("new") }], { certificate });
    const { items } = await inspect({ ...merged, metadata: { ...hinted.metadata, name: "renamed" } });
    expect(items).toEqual(new Map([["a", [{ code: "hint_outdated" }]]]));
  });

  test("may be of an item that is not there", async () => {
    const annotations = { [HINTS_ANNOTATION]: '{"gone":["k","s","ns","n","h"]}' };
    expect((await inspect(sealedWith({ metadata: { name: "n", namespace: "ns", annotations } }))).items.size).toBe(0);
  });
});

describe("the words for it", () => {
  test.each(Object.values(FINDINGS))("are one line each, and it is an error or a warning: $code", (finding) => {
    expect(describeFinding(finding)).toMatch(/^[\x20-\x7e]{5,200}$/);
    expect(describeFinding(finding)).not.toMatch(/undefined|null|\[object/);
    expect(severityOf(finding)).toMatch(/^(error|warning)$/);
  });

  test("let no control character through, nor a name of any length", () => {
    const hostile = `\u001b[31m${"n".repeat(10_000)}`;
    for (const finding of [
      { code: "template_name", object: hostile, template: hostile },
      { code: "hinted_elsewhere", binding: { scope: "strict", namespace: hostile, name: hostile } },
    ] as const) {
      expect(describeFinding(finding)).toMatch(/^[\x20-\x7e]{10,300}$/);
    }
  });
});

function sealed(options: { readonly scope?: Scope; readonly hints?: boolean } = {}): Promise<SealedSecret> {
  const secret = { metadata: { name: "n", namespace: "ns" }, data: new Map([["a", utf8("value")]]) };
  return seal(secret, { certificate, ...options });
}

function sealedWith(fields: object): SealedSecret {
  const metadata = { name: "n", namespace: "ns" };
  return readSealedSecret({ apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata, spec: {}, ...fields });
}

/** A value that is sealed to a key of so many bytes, by its look. */
function ofLength(bytes: number): string {
  return encodeBase64(Uint8Array.from({ length: 2 + bytes + 16 }, (_, at) => [bytes >> 8, bytes & 0xff][at] ?? 7));
}
