import { describe, expect, test } from "vitest";
import { utf8 } from "../src/bytes.ts";
import { type Secret, seal } from "../src/index.ts";
import { assertSecretType } from "../src/secret-types.ts";
import { problemOf } from "./problems.ts";
import { testKey } from "./test-keys.ts";

const { certificate } = await testKey("rsa-2048");
const SERVICE_ACCOUNT = "kubernetes.io/service-account.name";
const item = (...anyOf: string[]) => ({ part: "item", anyOf });

describe("the items that a type demands", () => {
  test.each([
    ["kubernetes.io/tls", {}, [item("tls.crt"), item("tls.key")]],
    ["kubernetes.io/tls", { "tls.key": "" }, [item("tls.crt")]],
    ["kubernetes.io/dockercfg", { ".dockerconfigjson": "{}" }, [item(".dockercfg")]],
    ["kubernetes.io/dockerconfigjson", { ".dockercfg": "{}" }, [item(".dockerconfigjson")]],
    ["kubernetes.io/basic-auth", { user: "" }, [item("username", "password")]],
    ["kubernetes.io/ssh-auth", {}, [item("ssh-privatekey")]],
    ["kubernetes.io/ssh-auth", { "ssh-privatekey": "" }, [item("ssh-privatekey")]],
    ["kubernetes.io/service-account-token", {}, [{ part: "annotation", annotation: SERVICE_ACCOUNT }]],
    ["bootstrap.kubernetes.io/token", { "token-id": "abcdef" }, [item("token-secret")]],
  ] as const)("are named where they are missing: %s with %j", async (type, items, missing) => {
    expect(await problemOf(() => assertSecretType(secretOf(type, items)))).toEqual({
      code: "incomplete_type",
      type,
      missing,
    });
  });

  test.each([
    [undefined, {}],
    ["", {}],
    ["Opaque", { any: "thing" }],
    ["example.com/token", {}],
    ["constructor", {}],
    ["kubernetes.io/tls", { "tls.crt": "", "tls.key": "" }],
    ["kubernetes.io/dockercfg", { ".dockercfg": "{}" }],
    ["kubernetes.io/dockerconfigjson", { ".dockerconfigjson": '{"auths":{}}' }],
    ["kubernetes.io/dockerconfigjson", { ".dockerconfigjson": "null" }],
    ["kubernetes.io/basic-auth", { username: "" }],
    ["kubernetes.io/basic-auth", { password: "" }],
    ["kubernetes.io/ssh-auth", { "ssh-privatekey": "key" }],
    ["bootstrap.kubernetes.io/token", { "token-id": "abcdef", "token-secret": "0123456789abcdef" }],
  ] as const)("are enough: %s with %j", (type, items) => {
    expect(() => assertSecretType(secretOf(type, items))).not.toThrow();
  });

  test("a service account's token needs the name of the account alone", async () => {
    const secret = secretOf("kubernetes.io/service-account-token", {});
    const named = (name: string) => ({ ...secret, metadata: { annotations: { [SERVICE_ACCOUNT]: name } } });
    expect(() => assertSecretType(named("robot"))).not.toThrow();
    expect(await problemOf(() => assertSecretType(named("")))).toMatchObject({ code: "incomplete_type" });
  });

  test.each(["", "plain", "[]", '"text"', "7", "{", "\ufeff{}"])(
    "a registry's must be a JSON object: %j",
    async (text) => {
      for (const [type, name] of [
        ["kubernetes.io/dockercfg", ".dockercfg"],
        ["kubernetes.io/dockerconfigjson", ".dockerconfigjson"],
      ] as const) {
        const problem = await problemOf(() => assertSecretType(secretOf(type, { [name]: text })));
        expect(problem).toEqual({ code: "item_not_json", type, item: name });
      }
    },
  );
});

describe("seal", () => {
  const incomplete = secretOf("kubernetes.io/tls", { "tls.crt": "x" });

  test("refuses a Secret that its type does not allow, unless nothing is to be checked", async () => {
    expect(await problemOf(() => seal(incomplete, { certificate }))).toMatchObject({ code: "incomplete_type" });
    const sealed = await seal(incomplete, { certificate, unchecked: true });
    expect(sealed.spec.template?.type).toBe("kubernetes.io/tls");
  });

  test.each(["a/b", "a b", "", ".", "..", "..a", "ä", "a\u0000", "\ud800", "a".repeat(254)])(
    "refuses %j for the name of an item",
    async (name) => {
      const secret = secretOf("Opaque", { [name]: "x" });
      expect(await problemOf(() => seal(secret, { certificate }))).toEqual({ code: "invalid_item_name", item: name });
    },
  );

  test("takes what Kubernetes takes for the name of an item", async () => {
    const names = ["a", ".a", "-", "_", "A.b-c_1", "a..b", "a".repeat(253)];
    const secret = secretOf("Opaque", Object.fromEntries(names.map((name) => [name, ""])));
    expect(Object.keys((await seal(secret, { certificate })).spec.encryptedData)).toEqual(names);
  });

  test("takes 1 MiB of values in all, and not a byte more; names are free", async () => {
    const half = "x".repeat(512 * 1024);
    const full = secretOf("Opaque", { ["a".repeat(200)]: half, b: half });
    expect(Object.keys((await seal(full, { certificate })).spec.encryptedData)).toHaveLength(2);
    const over = { ...full, data: new Map([...full.data, ["c", utf8("x")]]) };
    const problem = await problemOf(() => seal(over, { certificate }));
    expect(problem).toEqual({ code: "too_large", what: "value bytes", limit: 1024 * 1024 });
    expect(Object.keys((await seal(over, { certificate, unchecked: true })).spec.encryptedData)).toHaveLength(3);
  });

  test.each([
    ["strict", { name: "a/b", namespace: "ns" }, "metadata.name"],
    ["strict", { name: "A", namespace: "ns" }, "metadata.name"],
    ["strict", { name: "a\u0000", namespace: "ns" }, "metadata.name"],
    ["strict", { name: "n", namespace: "a/b" }, "metadata.namespace"],
    ["namespace-wide", { name: "n", namespace: "a.b" }, "metadata.namespace"],
    ["namespace-wide", { name: "n", namespace: "n".repeat(64) }, "metadata.namespace"],
    ["strict", { name: `${"n".repeat(252)}.n`, namespace: "ns" }, "metadata.name"],
  ] as const)("refuses to bind to what nothing can be called: %s %j", async (scope, metadata, field) => {
    const secret = { ...secretOf("Opaque", { a: "" }), metadata };
    const problem = await problemOf(() => seal(secret, { certificate, scope }));
    expect(problem).toMatchObject({ code: "invalid_field", field });
  });

  test("leaves a name alone that the scope does not bind, as that of a chart's", async () => {
    const secret = { ...secretOf("Opaque", { a: "" }), metadata: { name: "{{ .Release.Name }}", namespace: "ns" } };
    const sealed = await seal(secret, { certificate, scope: "namespace-wide" });
    expect(sealed.metadata.name).toBe("{{ .Release.Name }}");
  });
});

function secretOf(type: string | undefined, items: Readonly<Record<string, string>>): Secret {
  return {
    metadata: { name: "n", namespace: "ns" },
    ...(type === undefined ? {} : { type }),
    data: new Map(Object.entries(items).map(([name, value]) => [name, utf8(value)])),
  };
}
