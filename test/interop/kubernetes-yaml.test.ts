import { isDeepStrictEqual } from "node:util";
import { ManifestSyntaxError, readManifests, writeManifest } from "@sealwright/core/kubernetes-yaml";
import fc from "fast-check";
import { expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { askOracle, type OracleAnswer, type OracleReading } from "../peers/yaml-oracle/ask-oracle.ts";
import {
  generatedContinuations,
  generatedObject,
  generatedScalar,
  generatedText,
} from "./kubernetes-yaml-arbitraries.ts";
import { SCALARS, STRICTER, TEXTS } from "./kubernetes-yaml-texts.ts";

type Reading = OracleReading | { readonly documents?: undefined; readonly failed: true };

const REFUSED = "refused";

/** Where a scalar can stand, and how to look at what became of it. */
interface Place {
  readonly name: string;
  readonly text: (scalar: string) => string;
  readonly go: (answer: OracleAnswer) => OracleReading;
}

const PLACES: readonly Place[] = [
  {
    name: "stringData of a Secret",
    text: (scalar) => `kind: Secret\nmetadata:\n  name: a\nstringData:\n  item: ${scalar}\n`,
    go: ({ secrets }) => secrets,
  },
  {
    name: "metadata of a Secret",
    text: (scalar) => `kind: Secret\nmetadata:\n  namespace: ${scalar}\ntype: a\n`,
    go: ({ secrets }) => secrets,
  },
  {
    name: "a label of a Secret",
    text: (scalar) => `kind: Secret\nmetadata:\n  labels:\n    item: ${scalar}\n`,
    go: ({ secrets }) => secrets,
  },
  {
    name: "a key",
    text: (scalar) => `kind: Other\ndata:\n  ${scalar}: value\n`,
    go: ({ plain }) => plain,
  },
  {
    name: "template.data of a SealedSecret",
    text: (scalar) => `kind: SealedSecret\nspec:\n  template:\n    data:\n      item: ${scalar}\n`,
    go: ({ sealedSecrets }) => sealedSecrets,
  },
  {
    name: "a list of an object of another kind",
    text: (scalar) => `kind: Other\nitems:\n- ${scalar}\n`,
    go: ({ plain }) => plain,
  },
];

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: 1 });
}

function ourReading(text: string): Reading {
  try {
    return { documents: readManifests(text).map(({ value }) => value), failed: false };
  } catch (error) {
    if (error instanceof ManifestSyntaxError) return { failed: true };
    throw error;
  }
}

/** Both sides alike: without null documents, and without the fields that Go leaves out of a type when they are empty. */
function comparable({ documents, failed }: Reading): unknown {
  if (failed || documents === undefined) return REFUSED;
  return documents.filter((document) => document !== null).map(withoutEmptyFields);
}

const FIELDS_OF_TYPES: readonly (readonly string[])[] = [
  ["metadata"],
  ["metadata", "namespace"],
  ["metadata", "labels"],
  ["stringData"],
  ["type"],
  ["spec", "encryptedData"],
  ["spec", "template", "metadata"],
  ["spec", "template", "data"],
];

function withoutEmptyFields(document: unknown): unknown {
  const copy = structuredClone(document);
  for (const path of FIELDS_OF_TYPES.toReversed()) removeIfEmpty(copy, path);
  return copy;
}

function removeIfEmpty(value: unknown, [field, ...rest]: readonly string[]): void {
  if (typeof value !== "object" || value === null || field === undefined || !Object.hasOwn(value, field)) return;
  const child: unknown = Reflect.get(value, field);
  if (rest.length > 0) removeIfEmpty(child, rest);
  else if (child === null || child === "" || JSON.stringify(child) === "{}") Reflect.deleteProperty(value, field);
}

interface Comparison {
  readonly text: string;
  readonly go: unknown;
  readonly ours: unknown;
}

async function compare(texts: readonly string[], go: Place["go"]): Promise<Comparison[]> {
  const answers = await askOracle(texts);
  return answers.map((answer, index) => {
    const text = texts[index] ?? "";
    return { text, go: comparable(go(answer)), ours: comparable(ourReading(text)) };
  });
}

/** The first few only: a failure should be one that can be read. */
function expectSame(comparisons: readonly Comparison[]): void {
  const different = comparisons.filter(({ go, ours }) => !isDeepStrictEqual(go, ours));
  expect(different.slice(0, 5)).toEqual([]);
}

/** Of texts that not both need to accept; counted, for a reader that refused everything would agree too. */
async function countAgreement(texts: readonly string[], go: Place["go"]): Promise<number> {
  const comparisons = await compare(texts, go);
  const accepted = comparisons.filter((comparison) => comparison.go !== REFUSED && comparison.ours !== REFUSED);
  expectSame(accepted);
  return accepted.length;
}

describeWithPeers("YAML and JSON mean to us what they mean to Kubernetes' Go libraries", ["yamlOracle"], () => {
  it.each(PLACES)("each scalar picked by hand, in $name", async ({ text, go }) => {
    expectSame(await compare(SCALARS.map(text), go));
  });

  it.each(PLACES)("generated scalars, in $name", async ({ text, go }) => {
    const texts = sample(generatedScalar, 2_000).map(text);
    expect(await countAgreement(texts, go)).toBeGreaterThan(1_000);
  });

  it("floats of 32 bits, at the edges and anywhere", async () => {
    const edges = Array.from({ length: 255 }, (_, exponent) =>
      [-1, 0, 1].map((step) => exponent * 2 ** 23 + step),
    ).flat();
    const anywhere = sample(fc.integer({ min: 0, max: 255 * 2 ** 23 - 1 }), 20_000);
    const scalars = [...edges, ...anywhere].filter((bits) => bits >= 0).map(floatScalar);
    const text = `kind: Secret\nstringData:\n${scalars.map((scalar, index) => `  item${index}: ${scalar}\n`).join("")}`;
    expect(await countAgreement([text], ({ secrets }) => secrets)).toBe(1);
  });

  it("each text picked by hand", async () => {
    expectSame(await compare(TEXTS, ({ plain }) => plain));
  });

  it("generated texts", async () => {
    const texts = sample(generatedText, 10_000);
    expect(await countAgreement(texts, ({ plain }) => plain)).toBeGreaterThan(2_000);
  });

  it("lines within quotes and brackets, however they are indented", async () => {
    const texts = sample(generatedContinuations, 3_000);
    const comparisons = await compare(texts, ({ plain }) => plain);
    expectSame(comparisons);
    expect(comparisons.filter(({ ours }) => ours !== REFUSED).length).toBeGreaterThan(1_000);
  });

  it("only what Go would lose or no one writes is refused here and read there", async () => {
    const answers = await askOracle(STRICTER.map(([, text]) => text));
    const readings = STRICTER.map(([why, text], index) => [why, answers[index]?.plain.failed, ourReading(text).failed]);
    expect(readings).toEqual(STRICTER.map(([why]) => [why, false, true]));
  });

  it("each field that Go declares a string", async () => {
    const metadata = [
      "{name: 1, generateName: 2, namespace: 3, selfLink: 4, uid: 5, resourceVersion: 6, generation: 7, labels: {a: 8, b: ~}",
      "annotations: {a: yes}, finalizers: [9, ~], ownerReferences: [{apiVersion: 1, kind: 2, name: 3, uid: 4, controller: no}]",
      "managedFields: [{manager: 1, operation: 2, apiVersion: 3, fieldsType: 4, subresource: 5}]}",
    ].join(", ");
    const secret = `kind: Secret\nmetadata: ${metadata}\ntype: 1\nimmutable: yes\nstringData: {a: 1, b: ~}\n`;
    const template = `{metadata: ${metadata}, type: 1, immutable: no, data: {a: 1, b: ~}}`;
    const sealedSecret = `kind: SealedSecret\nmetadata: ${metadata}\nspec: {template: ${template}}\n`;
    expect(await countAgreement([secret], ({ secrets }) => secrets)).toBe(1);
    expect(await countAgreement([sealedSecret], ({ sealedSecrets }) => sealedSecrets)).toBe(1);
  });

  it("what Go does to values that are no strings where nothing is coerced", async () => {
    const text =
      "kind: SealedSecret\nspec: {encryptedData: {a: 1, b: ~, c: x}}\n---\nkind: Secret\ndata: {a: ~}\n---\ndata: {a: 1}\n";
    const [answer] = await askOracle([text]);
    expect(answer?.sealedSecrets.documents[0]).toMatchObject({ spec: { encryptedData: { a: "", b: "", c: "x" } } });
    expect(answer?.secrets).toMatchObject({ documents: [{}, { data: { a: null } }], failed: true });
    expect(readManifests(text).map(({ value }) => value)).toEqual([
      { kind: "SealedSecret", spec: { encryptedData: { a: 1, b: null, c: "x" } } },
      { kind: "Secret", data: { a: "" } },
      { data: { a: 1 } },
    ]);
  });

  it("JSON that does not fit the types is read again as YAML, which coerces", async () => {
    const text = '{"kind":"Secret","stringData":{"a":1.50,"b":true,"c":null,"d":9007199254740993,"e":1e6}}';
    expect(await countAgreement([text], ({ secrets }) => secrets)).toBe(1);
  });
});

/** The scalar of the float with these bits, exact, and never one that YAML takes for an integer. */
function floatScalar(bits: number): string {
  const [value = 0] = new Float32Array(Uint32Array.of(bits).buffer);
  return value.toExponential().replace(/^(\d)e/, "$1.0e");
}

describeWithPeers("what we write", ["yamlOracle"], () => {
  const objects = sample(generatedObject, 2_000);

  it.each(["yaml", "json"] as const)("as %s is read back by Go, and by us, as it was", async (format) => {
    const texts = objects.map((object) => writeManifest(object, format));
    const comparisons = await compare(texts, ({ plain }) => plain);
    const written = objects.map((object) => comparable({ documents: [object], failed: false }));
    expectSame(comparisons.map((comparison, index) => ({ ...comparison, ours: written[index] })));
    expectSame(comparisons.map((comparison, index) => ({ ...comparison, go: written[index] })));
  });

  it("as YAML with its keys sorted is what sigs.k8s.io/yaml prints", async () => {
    const texts = objects.map((object) => writeManifest(object, "yaml", { sortKeys: true })).filter(isWrittenAlike);
    const answers = await askOracle(texts);
    expect(texts.length).toBeGreaterThan(500);
    expectSame(texts.map((text, index) => ({ text, go: answers[index]?.written?.[0], ours: text })));
  });
});

/**
 * Without what Go writes so that only Go, or not even Go, reads it back (see scalar-writer.ts), and without keys that it sorts by an
 * overflowing number or an older Unicode.
 */
function isWrittenAlike(text: string): boolean {
  return !/\\[NLPU]|\\x7F|\\uFEFF|"<<"|"="|'[\xa0\u2000-\u3000]|[0-9]{19}/.test(text);
}
