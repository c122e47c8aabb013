import { expect, test } from "vitest";
import { encodeBase64, utf8 } from "../src/bytes.ts";
import {
  createSealingKey,
  edit,
  KeyRing,
  readCertificate,
  readPrivateKey,
  readSealedSecret,
  readSecret,
  reseal,
  SealwrightError,
  type SecretTemplate,
  seal,
  sealValue,
  unseal,
} from "../src/index.ts";
import { base64, base64Url, fromBase64Url, hex, latin1 } from "./encodings.ts";
import { testKey, testKeyPem, testRing } from "./test-keys.ts";
import { privateKeyFacts, shown } from "./witness.ts";

/** Nothing else in these tests contains it, whole or in base64. */
const PLAINTEXT = "Zx9vQ7-tyrannosaurus-4411-kR2m";
const SECRET = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "database", namespace: "payments" },
  stringData: { password: PLAINTEXT },
};
const { certificate } = await testKey("rsa-2048");
const ring = await testRing("rsa-2048");

const REFUSALS: readonly (readonly [string, () => unknown])[] = [
  ["a value that is not base64", () => readSecret(secretWith({ data: { password: PLAINTEXT } }))],
  ["a value that is an object", () => readSecret(secretWith({ data: { password: { nested: PLAINTEXT } } }))],
  ["a list of values", () => readSecret(secretWith({ stringData: [PLAINTEXT] }))],
  ["values where an object belongs", () => readSecret(secretWith({ data: PLAINTEXT }))],
  ["a document that is a value", () => readSecret(PLAINTEXT)],
  ["an annotation that is an object", () => readSecret(secretWith({ metadata: { annotations: { a: [PLAINTEXT] } } }))],
  ["a type that is an object", () => readSecret(secretWith({ type: { nested: PLAINTEXT } }))],
  ["no name", () => seal(readSecret(secretWith({ metadata: {} })), { certificate })],
  ["no namespace", () => seal(readSecret(secretWith({ metadata: { name: "database" } })), { certificate })],
  ["a sealed document with values in the clear", () => readSealedSecret({ ...sealedShell(), spec: PLAINTEXT })],
  ["a clear value among sealed ones", async () => unsealWith({ password: PLAINTEXT })],
  ["no key", async () => unseal(await sealed(), new KeyRing([]))],
  ["another key", async () => unseal(await sealed(), await testRing("other-rsa-2048"))],
  ["another name", async () => unseal({ ...(await sealed()), metadata: { name: "other" } }, ring)],
  ["an item beside it that does not open", async () => unsealWith({ other: "AAAA" })],
  ["a template that would render it", async () => unsealWith({}, { data: { a: `{{ .password }} ${PLAINTEXT}` } })],
  ["a registry's item that is no JSON", () => sealAs("kubernetes.io/dockercfg", { ".dockercfg": `{${PLAINTEXT}` })],
  ["an item that its type lacks", () => sealAs("kubernetes.io/tls", { "tls.crt": PLAINTEXT })],
  ["an item too large", () => sealAs("Opaque", { a: PLAINTEXT.repeat(50_000) })],
  ["half of a surrogate pair", () => readSecret(secretWith({ stringData: { a: `${PLAINTEXT}\ud800` } }))],
  ["a deprecated one that holds no JSON", () => unsealData(PLAINTEXT)],
  ["a deprecated one that holds no Secret", () => unsealData(JSON.stringify({ ...SECRET, kind: PLAINTEXT }))],
  ["a deprecated one with a broken item", () => unsealData(JSON.stringify(secretWith({ data: { [PLAINTEXT]: 7 } })))],
  [
    "an item to be sealed anew beside one that does not open",
    async () => {
      const object = await sealed();
      const encryptedData = { ...object.spec.encryptedData, other: "AAAA" };
      return reseal({ ...object, spec: { ...object.spec, encryptedData } }, ring);
    },
  ],
  [
    "an item that is there already",
    async () => {
      return edit(await sealed(), [{ edit: "add", item: "password", value: utf8(PLAINTEXT) }], { certificate });
    },
  ],
  ["a certificate of nonsense", () => readCertificate(PLAINTEXT)],
  ["a certificate with nonsense in it", () => readCertificate(pem("CERTIFICATE"))],
  ["a private key of nonsense", () => readPrivateKey(PLAINTEXT)],
  ["a private key with nonsense in it", () => readPrivateKey(pem("RSA PRIVATE KEY"))],
  ["a PKCS#8 key with nonsense in it", () => readPrivateKey(pem("PRIVATE KEY"))],
  ["a common name, in the wrong place", () => createSealingKey({ ...VALIDITY, bits: 1, commonName: PLAINTEXT })],
];

test.each(REFUSALS)("an error tells nothing of the values: %s", async (_, action) => {
  const error = await refusalOf(action);
  const told = [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify(error.problem),
    JSON.stringify([...(error.problem.code === "undecryptable" ? error.problem.items : [])]),
    shown(error),
  ].join("\n");
  for (const form of forms(utf8(PLAINTEXT))) expect(told).not.toContain(form);
});

test("neither a key nor a ring shows its private key when it is printed", async () => {
  const { privateKey } = testKeyPem("rsa-2048");
  const { secretNumbers } = await privateKeyFacts(privateKey);
  expect(secretNumbers.length).toBe(6);
  const key = await testKey("rsa-2048");
  for (const value of [key, ring]) {
    const told = JSON.stringify(value) + shown(value);
    expect(told).toContain(key.fingerprint);
    for (const form of [utf8(privateKey), ...secretNumbers.map(fromBase64Url)].flatMap(forms))
      expect(told).not.toContain(form);
  }
});

const VALIDITY = { notBefore: new Date(0), notAfter: new Date(1) };

function secretWith(fields: object): object {
  return { ...SECRET, ...fields };
}

function sealedShell() {
  return { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata: SECRET.metadata };
}

function sealed() {
  return seal(readSecret(SECRET), { certificate });
}

function sealAs(type: string, stringData: Readonly<Record<string, string>>) {
  return seal(readSecret({ ...SECRET, type, stringData }), { certificate });
}

/** A SealedSecret of the deprecated format that holds any text. */
async function unsealData(inner: string) {
  const data = await sealValue(utf8(inner), { scope: "strict", namespace: "payments", name: "database" }, certificate);
  const object = readSealedSecret({ ...sealedShell(), spec: { data } });
  return unseal(object, ring, { acceptDeprecatedData: true });
}

/** The sealed value together with other items, or with another template. */
async function unsealWith(items: Readonly<Record<string, string>>, template: SecretTemplate = {}) {
  const { spec, ...rest } = await sealed();
  return unseal({ ...rest, spec: { encryptedData: { ...spec.encryptedData, ...items }, template } }, ring);
}

function pem(label: string): string {
  return `-----BEGIN ${label}-----\n${encodeBase64(utf8(PLAINTEXT))}\n-----END ${label}-----\n`;
}

async function refusalOf(action: () => unknown): Promise<SealwrightError> {
  const outcome = await Promise.resolve()
    .then(action)
    .catch((error: unknown) => error);
  if (outcome instanceof SealwrightError) return outcome;
  throw new Error("nothing was refused as it should be");
}

/** The value as text, as base64 and hex, and as the numbers and hex pairs that an inspected array of bytes shows. */
function forms(bytes: Uint8Array): readonly string[] {
  const pairs = hex(bytes).match(/../g) ?? [];
  return [
    latin1(bytes),
    latin1(bytes.subarray(6, 18)),
    base64(bytes).slice(0, 16),
    base64Url(bytes).slice(0, 16),
    hex(bytes).slice(0, 16),
    pairs.slice(0, 6).join(" "),
    [...bytes].slice(0, 6).join(", "),
    [...bytes].slice(0, 6).join(","),
  ];
}
