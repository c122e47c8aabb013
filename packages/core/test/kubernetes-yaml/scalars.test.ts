import { describe, expect, it } from "vitest";
import { readManifests } from "../../src/kubernetes-yaml/index.ts";

/** The facts below are go-yaml v2's and sigs.k8s.io/yaml v1.6's, as test/interop/kubernetes-yaml.test.ts holds against the programs. */

function readOne(text: string): unknown {
  const [document] = readManifests(text);
  return document?.value;
}

describe("a plain scalar where Kubernetes wants a string", () => {
  it.each([
    // Booleans of YAML 1.1
    ["y", "true"],
    ["Yes", "true"],
    ["on", "true"],
    ["TRUE", "true"],
    ["n", "false"],
    ["NO", "false"],
    ["off", "false"],
    ["yEs", "yEs"],
    // Null
    ["~", ""],
    ["null", ""],
    ["", ""],
    ["nULL", "nULL"],
    // Integers
    ["0123", "83"],
    ["0o17", "15"],
    ["0x1F", "31"],
    ["0b11", "3"],
    ["0b-1", "-1"],
    ["-0b11", "-3"],
    ["+1", "1"],
    ["-0", "0"],
    ["1_000", "1000"],
    ["1__0", "10"],
    ["_1", "_1"],
    ["9007199254740993", "9007199254740993"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["18446744073709551615", "18446744073709551615"],
    ["+18446744073709551615", "1.8446744e+19"],
    ["18446744073709551616", "1.8446744e+19"],
    ["0x10000000000000000", "0x10000000000000000"],
    ["089", "89"],
    ["0x", "0x"],
    // Floats, which lose what 32 bits cannot hold
    ["1.50", "1.5"],
    ["3.14159265358979", "3.1415927"],
    [".5", "0.5"],
    ["5.", "5"],
    [".1_0", "0.1"],
    [".1_", ".1_"],
    ["1e10", "1e+10"],
    ["1e5", "100000"],
    ["1e6", "1e+06"],
    ["1E-5", "1e-05"],
    ["-0.0", "-0"],
    ["1e39", "+Inf"],
    ["1e-50", "0"],
    ["1e400", "1e400"],
    [".inf", "+Inf"],
    ["-.INF", "-Inf"],
    [".nan", "NaN"],
    ["0x1p-2", "0x1p-2"],
    // Strings that another YAML would take for something else
    ["12:30:45", "12:30:45"],
    ["2020-01-02", "2020-01-02"],
    ["2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"],
    ["=", "="],
    ["<<", "<<"],
    ["1.2.3", "1.2.3"],
  ])("%s is %j", (scalar, string) => {
    const value = readOne(`kind: Secret\nstringData:\n  item: ${scalar}\n`);
    expect(value).toEqual({ kind: "Secret", stringData: { item: string } });
  });

  it("stays what it is between quotes and in a block", () => {
    const text = `kind: Secret\nstringData: {a: "yes", b: '0123'}\nother:\n  c: |\n    1.50\n  d: >-\n    no\n    yes\n`;
    expect(readOne(text)).toEqual({
      kind: "Secret",
      stringData: { a: "yes", b: "0123" },
      other: { c: "1.50\n", d: "no yes" },
    });
  });

  it("is one scalar over several lines", () => {
    expect(readOne("kind: Secret\nstringData:\n  a: 1\n    2\n\n    3\n")).toMatchObject({
      stringData: { a: "1 2\n3" },
    });
  });

  it("is coerced in every field that Go declares a string, and in no other", () => {
    const metadata =
      "{name: 1, namespace: no, labels: {a: 1.50, b: ~}, annotations: {c: yes}, finalizers: [1], generation: 07}";
    const expected = {
      name: "1",
      namespace: "false",
      labels: { a: "1.5", b: "" },
      annotations: { c: "true" },
      finalizers: ["1"],
      generation: 7,
    };
    expect(readOne(`kind: Secret\nmetadata: ${metadata}\ntype: 1\nimmutable: yes\ndata: {a: 1234, b: ~}\n`)).toEqual({
      kind: "Secret",
      metadata: expected,
      type: "1",
      immutable: true,
      data: { a: 1234, b: "" },
    });
    const template = `{metadata: ${metadata}, type: 1, data: {a: 0123, b: ~}}`;
    expect(readOne(`kind: SealedSecret\nspec: {template: ${template}, encryptedData: {a: 1}}\n`)).toEqual({
      kind: "SealedSecret",
      spec: { template: { metadata: expected, type: "1", data: { a: "83", b: null } }, encryptedData: { a: 1 } },
    });
  });

  it("keeps its type in an object of another kind", () => {
    expect(readOne("kind: ConfigMap\ndata: {a: 0123, b: yes, c: ~, d: 1.50}\n")).toEqual({
      kind: "ConfigMap",
      data: { a: 83, b: true, c: null, d: 1.5 },
    });
  });

  it("is coerced in the items of a list, by their own kind or the list's", () => {
    const secret = { kind: "Secret", stringData: { a: "true" } };
    const items = "items:\n- kind: Secret\n  stringData: {a: yes}\n- kind: ConfigMap\n  stringData: {a: yes}\n";
    expect(readOne(`kind: List\n${items}`)).toMatchObject({
      items: [secret, { kind: "ConfigMap", stringData: { a: true } }],
    });
    expect(readOne("kind: SecretList\nitems:\n- stringData: {a: yes}\n")).toMatchObject({
      items: [{ stringData: { a: "true" } }],
    });
    expect(readOne("kind: SealedSecretList\nitems:\n- spec: {template: {data: {a: yes}}}\n")).toMatchObject({
      items: [{ spec: { template: { data: { a: "true" } } } }],
    });
  });
});

describe("a scalar with a tag", () => {
  it.each([
    ["!!str 0123", "0123"],
    ["!!str", ""],
    ["!!int '0123'", "83"],
    ["!!float 1", "1"],
    ["!!bool 'yes'", "true"],
    ["!!null ''", ""],
    ["!!timestamp 2020-01-02", "2020-01-02"],
    ["! 12", "12"],
    ["!local yes", "yes"],
    ["!!unknown yes", "yes"],
    ["!<tag:yaml.org,2002:str> yes", "yes"],
    ["!!binary aGkK", "hi\n"],
    ["!!binary |\n    aGkK\n    aGkK", "hi\nhi\n"],
  ])("%s is %j", (scalar, string) => {
    expect(readOne(`kind: Secret\nstringData:\n  item: ${scalar}\n`)).toMatchObject({ stringData: { item: string } });
  });
});

describe("a key", () => {
  it.each([
    ["yes", "true"],
    ["0x10", "16"],
    ["1.0", "1"],
    ["1e6", "1e+06"],
    [".inf", ".inf"],
    ["1e39", ".inf"],
    ["2020-01-02", "2020-01-02"],
    ["'yes'", "yes"],
    ["'<<'", "<<"],
    ["__proto__", "__proto__"],
    ["? a b", "a b"],
  ])("%s is %j", (scalar, key) => {
    const value = readOne(`${scalar}: x\n`.replace(/^(\? .*): x/, "$1\n: x"));
    expect(Object.entries(value as object)).toEqual([[key, "x"]]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
