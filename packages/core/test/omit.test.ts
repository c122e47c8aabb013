import { expect, test } from "vitest";
import { utf8 } from "../src/bytes.ts";
import { OMIT_ANNOTATION, readSecret, type SecretTemplate, seal, unseal } from "../src/index.ts";
import { testKey, testRing } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const ring = await testRing("rsa-2048");

const unsealed = async (omit: string, template: SecretTemplate = {}) => {
  const sealed = await seal(
    { metadata: { name: "n", namespace: "ns" }, data: new Map(["a", "b", "c"].map((item) => [item, utf8(item)])) },
    { certificate },
  );
  const metadata = { labels: { app: "x" }, annotations: { "sealwright.dev/omit": omit } };
  const { secret } = await unseal({ ...sealed, spec: { ...sealed.spec, template: { metadata, ...template } } }, ring);
  return secret;
};

test.each([
  ["a,b", ["c"]],
  [" a , ,c,", ["b"]],
  ["absent", ["a", "b", "c"]],
  ["", ["a", "b", "c"]],
  ["a b", ["a", "b", "c"]],
])("%j leaves those items out", async (omit, left) => {
  expect([...(await unsealed(omit)).data.keys()]).toEqual(left);
});

test("an empty part of the list names no item, not even one without a name", async () => {
  const secret = { metadata: { name: "n", namespace: "ns" }, data: new Map([["", utf8("a")]]) };
  const sealed = await seal(secret, { certificate, unchecked: true });
  for (const omit of ["", ",", " , "]) {
    const template = { metadata: { annotations: { "sealwright.dev/omit": omit } } };
    const opened = await unseal({ ...sealed, spec: { ...sealed.spec, template } }, ring);
    expect([...opened.secret.data.keys()]).toEqual([""]);
  }
});

test("it also leaves out what the template adds", async () => {
  const secret = await unsealed("added", { data: { added: "plain", kept: "plain" } });
  expect([...secret.data.keys()]).toEqual(["a", "b", "c", "kept"]);
});

test("the annotation stays off the Secret; other annotations do not", async () => {
  expect((await unsealed("a")).metadata).toEqual({ name: "n", namespace: "ns", labels: { app: "x" } });
  const metadata = { annotations: { [OMIT_ANNOTATION]: "a", kept: "yes" } };
  expect((await unsealed("", { metadata })).metadata.annotations).toEqual({ kept: "yes" });
});

test("a Secret that has it seals into a template that has it", async () => {
  const annotations = { [OMIT_ANNOTATION]: "a" };
  const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "n", namespace: "ns", annotations } };
  const sealed = await seal(readSecret({ ...manifest, stringData: { a: "1", b: "2" } }), { certificate });
  expect(Object.keys(sealed.spec.encryptedData)).toEqual(["a", "b"]);
  expect([...(await unseal(sealed, ring)).secret.data.keys()]).toEqual(["b"]);
});
