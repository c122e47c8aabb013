import { describe, expect, test } from "vitest";
import { readVectors } from "../../../test/vectors/vector-files.ts";
import { utf8 } from "../src/bytes.ts";
import {
  type Binding,
  KeyRing,
  readSealedSecret,
  readSecret,
  reseal,
  sealValue,
  secretManifest,
  unseal,
} from "../src/index.ts";
import { problemOf } from "./problems.ts";
import { itemsOf, testKey, testRing } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const ring = await testRing("rsa-2048");
const BINDING = { scope: "strict", namespace: "payments", name: "database" } as const;
const INNER = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "inner", namespace: "inner", labels: { app: "ledger" }, creationTimestamp: null },
  type: "example.com/kind",
  data: { password: "AP8=" },
  stringData: { user: "ada" },
};
const ACCEPT = { acceptDeprecatedData: true };

describe("spec.data", () => {
  test("opens where it is accepted: the Secret inside, under the name and namespace outside", async () => {
    const { secret, keys } = await unseal(await sealedWith(INNER), ring, ACCEPT);
    expect(secret.metadata).toEqual({ name: "database", namespace: "payments", labels: { app: "ledger" } });
    expect(secret.type).toBe("example.com/kind");
    expect(itemsOf(secret.data)).toEqual(
      new Map([
        ["password", "AP8="],
        ["user", "YWRh"],
      ]),
    );
    expect(keys).toEqual(new Set([certificate.fingerprint]));
  });

  test("takes nothing from a template, which an object of that format does not have", async () => {
    const template = { type: "Opaque", data: { added: "{{ .password }}", password: null } };
    const { secret } = await unseal(await sealedWith(INNER, { template }), ring, ACCEPT);
    expect(secret.type).toBe("example.com/kind");
    expect([...secret.data.keys()]).toEqual(["password", "user"]);
  });

  test("is bound as an item is", async () => {
    const wide = await sealedWith(INNER, {}, { ...BINDING, scope: "cluster-wide" });
    const problem = { code: "undecryptable", items: new Map([["spec.data", "no_key_opens"]]) };
    expect(await problemOf(() => unseal(wide, ring, ACCEPT))).toEqual(problem);
    const annotations = { "sealedsecrets.bitnami.com/cluster-wide": "true" };
    const moved = { ...wide, metadata: { name: "other", namespace: "elsewhere", annotations } };
    expect((await unseal(moved, ring, ACCEPT)).secret.metadata.name).toBe("other");
  });

  test.each([
    ["", "too_short"],
    ["AAAA", "too_short"],
    ["?", "not_base64"],
  ])("says why it does not open: %j", async (data, failure) => {
    const sealed = readSealedSecret({ ...OUTER, spec: { data } });
    const items = new Map([["spec.data", failure]]);
    expect(await problemOf(() => unseal(sealed, ring, ACCEPT))).toEqual({ code: "undecryptable", items });
  });

  test("is refused beside encryptedData", async () => {
    const sealed = await sealedWith(INNER, { encryptedData: { a: "AAAA" } });
    expect(await problemOf(() => unseal(sealed, ring, ACCEPT))).toEqual({ code: "conflicting_data" });
  });

  test("is refused where it is not accepted, whatever stands beside it", async () => {
    for (const more of [{}, { encryptedData: { a: "AAAA" } }]) {
      const sealed = await sealedWith(INNER, more);
      for (const options of [undefined, {}, { acceptDeprecatedData: false }]) {
        expect(await problemOf(() => unseal(sealed, ring, options))).toEqual({ code: "deprecated_data" });
      }
    }
  });

  test.each([["not JSON"], [{ ...INNER, kind: "ConfigMap" }], [{ ...INNER, data: { "top-secret": 7 } }], [null], [[]]])(
    "tells nothing of what it decrypts to where that is no Secret: %j",
    async (inner) => {
      const sealed = await sealedWith(inner);
      const problem = await problemOf(() => unseal(sealed, ring, ACCEPT));
      expect(problem).toEqual({ code: "deprecated_data_unreadable" });
    },
  );

  test("needs a key", async () => {
    const sealed = await sealedWith(INNER);
    expect(await problemOf(() => unseal(sealed, new KeyRing([]), ACCEPT))).toEqual({ code: "no_sealing_key" });
  });
});

describe("deprecated-data.json: what the Go project sealed", () => {
  test.each(readVectors("deprecated-data.json").vectors)("opens to the Go project's Secret: $name", async (vector) => {
    const { secret } = await unseal(readSealedSecret(vector.sealedSecret), await testRing(vector.key), ACCEPT);
    expect(secretManifest(secret)).toEqual(secretManifest(readSecret(vector.secret)));
    expect(Object.entries(secretManifest(secret)["data"] ?? {})).toHaveLength(2);
  });

  test.each(readVectors("deprecated-data.json").vectors)("is sealed anew without a loss: $name", async (vector) => {
    const { certificate: other } = await testKey("other-rsa-2048");
    const options = { ...ACCEPT, certificate: other };
    const { sealedSecret } = await reseal(readSealedSecret(vector.sealedSecret), await testRing(vector.key), options);
    const { secret } = await unseal(sealedSecret, await testRing("other-rsa-2048"), ACCEPT);
    expect(secretManifest(secret)).toEqual(secretManifest(readSecret(vector.secret)));
  });
});

const OUTER = {
  apiVersion: "bitnami.com/v1alpha1",
  kind: "SealedSecret",
  metadata: { name: BINDING.name, namespace: BINDING.namespace },
};

async function sealedWith(inner: unknown, spec: object = {}, binding: Binding = BINDING) {
  const text = typeof inner === "string" ? inner : JSON.stringify(inner);
  return readSealedSecret({ ...OUTER, spec: { data: await sealValue(utf8(text), binding, certificate), ...spec } });
}
