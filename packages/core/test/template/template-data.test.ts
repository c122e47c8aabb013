import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/bytes.ts";
import { readSecret, SealwrightError, seal, unseal } from "../../src/index.ts";
import type { RenderRequest, TemplateEngine } from "../../src/template/engine.ts";
import { withTemplateData } from "../../src/template/template-data.ts";
import { latin1 } from "../encodings.ts";
import { testKey, testRing } from "../test-keys.ts";

type Data = Readonly<Record<string, string | null>>;

/** Renders every template to its name in brackets, and keeps what it was asked. */
class FakeEngine implements TemplateEngine {
  readonly requests: RenderRequest[] = [];

  async render(request: RenderRequest): Promise<ReadonlyMap<string, Uint8Array>> {
    this.requests.push(request);
    return new Map([...request.templates.keys()].map((name) => [name, utf8(`[${name}]`)]));
  }

  close(): void {}
}

const ITEMS = new Map([
  ["password", utf8("secret")],
  ["user", Uint8Array.of(0xff)],
]);

async function secretOf(data: Data, engine: TemplateEngine = new FakeEngine()) {
  const items = await withTemplateData({ namespace: "shop", items: ITEMS, data, engine });
  return Object.fromEntries([...items].map(([name, value]) => [name, latin1(value)]));
}

describe("the items of a Secret", () => {
  it("are the opened ones, the plain ones and the rendered ones", async () => {
    expect(await secretOf({ plain: "text", rendered: "{{ . }}", empty: "" })).toEqual({
      password: "secret",
      user: "\u00ff",
      plain: "text",
      rendered: "[rendered]",
      empty: "",
    });
  });

  it("are opened ones before others of the same name, and the template must be sound all the same", async () => {
    const engine = new FakeEngine();
    expect(await secretOf({ password: "{{ fail `x` }}", user: "plain" }, engine)).toEqual({
      password: "secret",
      user: "\u00ff",
    });
    expect([...(engine.requests[0]?.templates.keys() ?? [])]).toEqual(["password"]);
  });

  it("leave out what is null", async () => {
    expect(await secretOf({ password: null, absent: null, a: "{{ 1 }}" })).toEqual({ user: "\u00ff", a: "[a]" });
  });
});

describe("a template sees", () => {
  it("the opened items and the template's other texts as they stand, but for the names of opened ones", async () => {
    const engine = new FakeEngine();
    await secretOf({ a: "{{ .b }}", b: "{{ .password }}", plain: "text", user: "not this", left: null }, engine);
    expect(engine.requests).toHaveLength(1);
    expect(engine.requests[0]?.namespace).toBe("shop");
    expect(engine.requests[0]?.templates).toEqual(
      new Map([
        ["a", "{{ .b }}"],
        ["b", "{{ .password }}"],
      ]),
    );
    expect(engine.requests[0]?.items).toEqual(
      new Map([
        ["a", utf8("{{ .b }}")],
        ["b", utf8("{{ .password }}")],
        ["plain", utf8("text")],
        ["user", Uint8Array.of(0xff)],
        ["password", utf8("secret")],
      ]),
    );
  });

  it("an opened item that the Secret leaves out", async () => {
    const engine = new FakeEngine();
    await secretOf({ password: null, a: "{{ .password }}" }, engine);
    expect(engine.requests[0]?.items.get("password")).toEqual(utf8("secret"));
  });
});

it("a text without {{ never reaches the engine", async () => {
  const engine = new FakeEngine();
  await secretOf({ a: "}} { { %", b: "", c: null }, engine);
  expect(engine.requests).toEqual([]);
});

it("unseal hands its engine on", async () => {
  const { certificate } = await testKey("rsa-2048");
  const secret = readSecret({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a", namespace: "shop" },
    stringData: { password: "secret" },
  });
  const { spec, ...rest } = await seal(secret, { certificate });
  const sealed = { ...rest, spec: { ...spec, template: { ...spec.template, data: { url: "{{ .password }}" } } } };
  const ring = await testRing("rsa-2048");
  const templates = new FakeEngine();

  const opened = await unseal(sealed, ring, { templates });
  expect(opened.secret.data.get("url")).toEqual(utf8("[url]"));
  expect(templates.requests[0]?.namespace).toBe("shop");
  await expect(unseal(sealed, ring)).rejects.toThrow(SealwrightError);
});

it("what has no namespace is rendered on nobody's account", async () => {
  const { certificate } = await testKey("rsa-2048");
  const secret = { metadata: { name: "a" }, data: new Map([["password", utf8("secret")]]) };
  const { spec, ...rest } = await seal(secret, { certificate, scope: "cluster-wide" });
  const sealed = { ...rest, spec: { ...spec, template: { data: { url: "{{ .password }}" } } } };
  const templates = new FakeEngine();
  await unseal(sealed, await testRing("rsa-2048"), { templates });
  expect(templates.requests[0]?.namespace).toBe("");
});
