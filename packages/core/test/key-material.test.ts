import { describe, expect, test } from "vitest";
import { type KeyOrder, type KeySource, readKeyMaterial } from "../src/index.ts";
import { base64, fromLatin1 } from "./encodings.ts";
import { testKey, testKeyPem } from "./test-keys.ts";
import { rewritePrivateKey } from "./witness.ts";

const LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
const [a, b, large] = await Promise.all(["rsa-2048", "other-rsa-2048", "rsa-4096"].map(testKey));
const pemOf = (name: string) => testKeyPem(name).privateKey;
const certificateOf = (name: string) => testKeyPem(name).certificate;

describe("readKeyMaterial reads", () => {
  test("a PEM file with a key alone, PKCS#1 or PKCS#8", async () => {
    const pkcs8 = await rewritePrivateKey(pemOf("rsa-2048"), "pkcs8");
    for (const pem of [pemOf("rsa-2048"), pkcs8, `Bag Attributes\r\n${pkcs8}`]) {
      const { keys, unreadable } = await readKeyMaterial([{ pem }]);
      expect(keys).toMatchObject([{ fingerprint: a?.fingerprint, certificate: null, retired: false }]);
      expect(unreadable).toEqual([]);
    }
  });

  test("a PEM file of several keys and certificates, in any order", async () => {
    const pem = certificateOf("rsa-4096") + pemOf("rsa-2048") + certificateOf("rsa-2048") + pemOf("rsa-4096");
    const { keys, certificates } = await readKeyMaterial([{ pem }]);
    expect(keys.map(({ certificate }) => certificate?.fingerprint)).toEqual([a?.fingerprint, large?.fingerprint]);
    expect(certificates).toEqual([]);
  });

  test("a key and its certificate from two files", async () => {
    const { keys } = await readKeyMaterial([{ pem: pemOf("rsa-2048") }, { pem: certificateOf("rsa-2048") }]);
    expect(keys).toMatchObject([{ orderedBy: a?.certificate.notBefore, certificate: a?.certificate }]);
  });

  test("a bundle of certificates, whose keys are elsewhere", async () => {
    const { keys, certificates } = await readKeyMaterial([
      { pem: certificateOf("rsa-2048") + certificateOf("rsa-4096") },
    ]);
    expect(keys).toEqual([]);
    expect(certificates.map(({ fingerprint }) => fingerprint)).toEqual([a?.fingerprint, large?.fingerprint]);
  });

  test("a key's Secret, alone, in a List, in a List in a List, and in a SecretList without kinds", async () => {
    const secret = keySecret("rsa-2048");
    const { apiVersion: _, kind: __, ...bare } = secret;
    for (const document of [
      secret,
      { apiVersion: "v1", kind: "List", items: [secret] },
      { apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "List", items: [secret] }] },
      { apiVersion: "v1", kind: "SecretList", items: [bare] },
    ]) {
      const { keys, unreadable } = await readKeyMaterial([{ document }]);
      expect(keys).toMatchObject([{ fingerprint: a?.fingerprint, certificate: { fingerprint: a?.fingerprint } }]);
      expect(unreadable).toEqual([]);
    }
  });

  test("a key's Secret whose certificate is missing, nonsense or another's: it still opens", async () => {
    for (const certificate of ["", "nonsense", certificateOf("rsa-4096")]) {
      const { keys } = await readKeyMaterial([{ document: keySecret("rsa-2048", { certificate }) }]);
      expect(keys).toMatchObject([{ fingerprint: a?.fingerprint, certificate: null }]);
    }
  });

  test("any mix of these", async () => {
    const sources: KeySource[] = [
      { pem: pemOf("rsa-2048") },
      { document: { apiVersion: "v1", kind: "List", items: [keySecret("other-rsa-2048"), keySecret("rsa-4096")] } },
    ];
    const { keys } = await readKeyMaterial(sources);
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual([a, b, large].map((key) => key?.fingerprint));
  });
});

describe("the place in time", () => {
  const created = "2031-02-03T04:05:06Z";

  test.each([
    ["CertNotBefore", created, a?.certificate.notBefore],
    ["SecretCreationTimestamp", created, new Date(created)],
    ["SecretCreationTimestamp", undefined, a?.certificate.notBefore],
    ["SecretCreationTimestamp", "nonsense", a?.certificate.notBefore],
  ] as const)("by %s of a Secret created at %s", async (order: KeyOrder, creationTimestamp, expected) => {
    const { keys } = await readKeyMaterial([{ document: keySecret("rsa-2048", { creationTimestamp }) }], order);
    expect(keys.map(({ orderedBy }) => orderedBy)).toEqual([expected]);
  });

  test("is before all others where nothing tells it", async () => {
    const { keys } = await readKeyMaterial([{ pem: pemOf("rsa-2048") }]);
    expect(keys[0]?.orderedBy).toEqual(new Date(0));
  });
});

test.each([
  ["active", false],
  [undefined, false],
  ["compromised", true],
  ["", true],
  ["Active", true],
])("a key with the label value %j is retired: %s", async (label, retired) => {
  const { keys } = await readKeyMaterial([{ document: keySecret("rsa-2048", { label }) }]);
  expect(keys.map((key) => key.retired)).toEqual([retired]);
});

describe("what cannot be read", () => {
  test("is named and does not stop the rest", async () => {
    const items = [
      { apiVersion: "v1", kind: "Secret", metadata: { name: "web-tls" }, data: { "tls.crt": "" } },
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other" } },
      { ...keySecret("rsa-2048"), data: { "tls.key": "?" } },
      { ...keySecret("rsa-2048"), data: { "tls.key": textInBase64("nonsense") } },
      null,
      keySecret("rsa-4096"),
    ];
    const sources: KeySource[] = [
      { pem: "nonsense" },
      { document: { apiVersion: "v1", kind: "List", items } },
      { pem: pemOf("rsa-2048") },
    ];
    const { keys, unreadable } = await readKeyMaterial(sources);
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual([large?.fingerprint, a?.fingerprint]);
    expect(unreadable.map(({ source, name, problem }) => [source, name, problem.code])).toEqual([
      [0, null, "private_key_unreadable"],
      [1, "web-tls", "private_key_missing"],
      [1, "other", "wrong_kind"],
      [1, "rsa-2048", "invalid_base64"],
      [1, "rsa-2048", "private_key_unreadable"],
      [1, null, "wrong_kind"],
    ]);
  });

  test.each(["passphrase", "elliptic"])("is a key that nothing here can use: %s", async (kind) => {
    const pem =
      kind === "passphrase"
        ? await rewritePrivateKey(pemOf("rsa-2048"), "pkcs8", "secret")
        : "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
    const { keys, unreadable } = await readKeyMaterial([{ pem }]);
    expect(keys).toEqual([]);
    expect(unreadable[0]?.problem.code).toBe(kind === "passphrase" ? "private_key_unreadable" : "private_key_not_rsa");
  });

  test("ends on Lists without end", async () => {
    const list = { apiVersion: "v1", kind: "List", items: [] as unknown[] };
    list.items.push(list);
    const { unreadable } = await readKeyMaterial([{ document: list }]);
    expect(unreadable.map(({ problem }) => problem.code)).toEqual(["too_large"]);
  });
});

interface KeySecretOptions {
  readonly certificate?: string;
  readonly label?: string | undefined;
  readonly creationTimestamp?: string | undefined;
}

function keySecret(name: string, { certificate = certificateOf(name), ...options }: KeySecretOptions = {}) {
  const { label, creationTimestamp } = options;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, creationTimestamp, ...(label === undefined ? {} : { labels: { [LABEL]: label } }) },
    type: "kubernetes.io/tls",
    data: { "tls.key": textInBase64(pemOf(name)), "tls.crt": textInBase64(certificate) },
  };
}

/** Of ASCII text. */
function textInBase64(text: string): string {
  return base64(fromLatin1(text));
}
