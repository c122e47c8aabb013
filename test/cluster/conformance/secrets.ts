import { beforeAll, describe, expect, test } from "vitest";
import { APPLY_PATCH, type Caller, MERGE_PATCH } from "./caller.ts";

const NAMESPACE = "/api/v1/namespaces/secrets";
const SECRETS = `${NAMESPACE}/secrets`;
const CONFIG_MAPS = `${NAMESPACE}/configmaps`;
const MEBIBYTE = 1024 * 1024;

/** Secrets and ConfigMaps. */
export function secrets(caller: Caller): void {
  beforeAll(() => caller.createNamespace("secrets"));

  test.for<[what: string, secret: object, stored: object]>([
    ["is Opaque unless told", {}, { type: "Opaque" }],
    ["is Opaque where the type is empty", { type: "" }, { type: "Opaque" }],
    [
      "takes stringData over data",
      { data: { a: "YQ==" }, stringData: { a: "x", b: "y" } },
      { data: { a: "eA==", b: "eQ==" } },
    ],
    ["takes null for an empty value", { data: { a: null } }, { data: { a: "" } }],
    ["writes base64 in its one form", { data: { a: "YW\nJj", b: "YR==" } }, { data: { a: "YWJj", b: "YQ==" } }],
    ["keeps immutable: false", { immutable: false }, { immutable: false }],
    ["takes a type that it does not know", { type: "example.com/x" }, { type: "example.com/x" }],
    ["takes basic-auth with a password alone", { type: "kubernetes.io/basic-auth", stringData: { password: "x" } }, {}],
  ])("%s", async ([what, secret, stored]) => {
    const body = { metadata: { name: what.toLowerCase().replaceAll(/[^a-z]+/g, "-") }, ...secret };
    const answer = await caller.call("POST", SECRETS, { body });
    expect(answer).toMatchObject({ status: 201, body: stored });
    expect(answer.body).not.toHaveProperty("stringData");
  });

  test("shows no data where there is none", async () => {
    const { body } = await caller.call("POST", SECRETS, { body: { metadata: { name: "empty" }, data: {} } });
    expect(body).not.toHaveProperty("data");
  });

  test.for<[what: string, secret: object]>([
    ["base64 that is none", { data: { a: "%%" } }],
    ["base64 without its padding", { data: { a: "YQ" } }],
    ["a number for a value", { data: { a: 1 } }],
    ["a number in stringData", { stringData: { a: 1 } }],
    ["a list for data", { data: [] }],
  ])("refuses %s as malformed", async ([, secret]) => {
    const body = { metadata: { name: "malformed" }, ...secret };
    expect(await caller.call("POST", SECRETS, { body })).toMatchObject({ status: 400, reason: "BadRequest" });
  });

  const missing = (...keys: string[]) => keys.map((key) => `data[${key}]: FieldValueRequired`);

  test.for<[what: string, secret: object, causes: string[]]>([
    ["a key that is none", { data: { "a b": "" } }, ["data[a b]: FieldValueInvalid"]],
    ["the key ..", { data: { "..": "" } }, ["data[..]: FieldValueInvalid"]],
    ["more than 1 MiB", { stringData: { a: "x".repeat(MEBIBYTE + 1) } }, ["data: FieldValueTooLong"]],
    ["tls without its keys", { type: "kubernetes.io/tls" }, missing("tls.crt", "tls.key")],
    ["ssh-auth without its key", { type: "kubernetes.io/ssh-auth" }, missing("ssh-privatekey")],
    ["basic-auth without its keys", { type: "kubernetes.io/basic-auth" }, missing("password", "username")],
    ["dockercfg without its key", { type: "kubernetes.io/dockercfg" }, missing(".dockercfg")],
    ["dockerconfigjson without its key", { type: "kubernetes.io/dockerconfigjson" }, missing(".dockerconfigjson")],
    [
      "dockerconfigjson that is not JSON",
      { type: "kubernetes.io/dockerconfigjson", stringData: { ".dockerconfigjson": "{" } },
      ["data[.dockerconfigjson]: FieldValueInvalid"],
    ],
    [
      "a token of no ServiceAccount",
      { type: "kubernetes.io/service-account-token" },
      ["metadata.annotations[kubernetes.io/service-account.name]: FieldValueRequired"],
    ],
  ])("refuses %s", async ([, secret, causes]) => {
    const answer = await caller.call("POST", SECRETS, { body: { metadata: { name: "invalid" }, ...secret } });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
  });

  test("takes 1 MiB", async () => {
    const body = { metadata: { name: "large" }, stringData: { a: "x".repeat(MEBIBYTE) } };
    expect((await caller.call("POST", SECRETS, { body })).status).toBe(201);
  });

  test("does not change its type", async () => {
    await caller.create(SECRETS, { metadata: { name: "typed" } });
    const body = { metadata: { name: "typed" }, type: "example.com/other" };
    const answer = await caller.call("PUT", `${SECRETS}/typed`, { body });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes: ["type: FieldValueInvalid"] });
  });

  test("is patched by stringData too", async () => {
    await caller.create(SECRETS, { metadata: { name: "patched" }, stringData: { a: "1", b: "2" } });
    const body = { data: { a: null }, stringData: { c: "3" } };
    const answer = await caller.call("PATCH", `${SECRETS}/patched`, { body, contentType: MERGE_PATCH });
    expect(answer).toMatchObject({ status: 200, body: { data: { b: "Mg==", c: "Mw==" } } });
    expect(answer.body["data"]).not.toHaveProperty("a");
  });

  test("refuses a patch that leaves a malformed value", async () => {
    await caller.create(SECRETS, { metadata: { name: "badly-patched" } });
    const answer = await caller.call("PATCH", `${SECRETS}/badly-patched`, {
      body: { data: { a: "%%" } },
      contentType: MERGE_PATCH,
    });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes: ["patch: FieldValueInvalid"] });
  });

  test("is applied with stringData, which stays when it is applied no more", async () => {
    const identity = { apiVersion: "v1", kind: "Secret", metadata: { name: "applied" } };
    const path = `${SECRETS}/applied?fieldManager=me`;
    const first = { ...identity, data: { a: "MQ==" }, stringData: { b: "2" } };
    expect(await caller.call("PATCH", path, { body: first, contentType: APPLY_PATCH })).toMatchObject({ status: 201 });
    const second = await caller.call("PATCH", path, { body: { ...identity, data: {} }, contentType: APPLY_PATCH });
    expect(second.body["data"]).toEqual({ b: "Mg==" });
  });

  describe.each([
    ["secrets", SECRETS, "data", { a: "MQ==" }, { a: "Mg==" }],
    ["configmaps", CONFIG_MAPS, "data", { a: "1" }, { a: "2" }],
    ["configmaps' binary data", CONFIG_MAPS, "binaryData", { a: "MQ==" }, { a: "Mg==" }],
  ])("immutable %s", (title, collection, field, value, other) => {
    const name = `immutable-${title.length}`;
    const object = { metadata: { name }, immutable: true, [field]: value };
    const put = (change: object) => caller.call("PUT", `${collection}/${name}`, { body: { ...object, ...change } });

    beforeAll(() => caller.create(collection, object));

    test("keep their data", async () => {
      const causes = [`${field}: FieldValueForbidden`];
      expect(await put({ [field]: other })).toMatchObject({ status: 422, reason: "Invalid", causes });
      expect(await put({ [field]: {} })).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("stay immutable", async () => {
      const causes = ["immutable: FieldValueForbidden"];
      expect(await put({ immutable: false })).toMatchObject({ status: 422, reason: "Invalid", causes });
    });

    test("change their labels, and are deleted", async () => {
      expect((await put({ metadata: { name, labels: { a: "b" } } })).status).toBe(200);
      expect((await caller.call("DELETE", `${collection}/${name}`)).status).toBe(200);
    });
  });

  test.for<[what: string, configMap: object, causes: string[]]>([
    ["a key that is none", { data: { "a b": "" } }, ["data[a b]: FieldValueInvalid"]],
    ["a key in both", { data: { a: "" }, binaryData: { a: "" } }, ["data[a]: FieldValueInvalid"]],
    ["more than 1 MiB", { data: { a: "x".repeat(MEBIBYTE + 1) } }, ["[]: FieldValueTooLong"]],
  ])("a ConfigMap refuses %s", async ([, configMap, causes]) => {
    const answer = await caller.call("POST", CONFIG_MAPS, { body: { metadata: { name: "invalid" }, ...configMap } });
    expect(answer).toMatchObject({ status: 422, reason: "Invalid", causes });
  });
}
