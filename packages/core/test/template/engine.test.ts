import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { concat, utf8 } from "../../src/bytes.ts";
import { createTemplateEngine, SealwrightError, type TemplateEngine, type TemplateLimit } from "../../src/index.ts";
import { bundledWorker, shown } from "../witness.ts";
import { readModule } from "./ask-module.ts";

/** Nothing else in these tests contains it. */
const PLAINTEXT = "Zx9vQ7-tyrannosaurus-4411-kR2m";

let engine: TemplateEngine;
beforeAll(() => {
  engine = createTemplateEngine();
});
afterAll(() => engine.close());

describe("rendering", () => {
  it("gives every template's output under its name", async () => {
    expect(
      await render({ user: "alice" }, { "a.yaml": "user: {{ .user }}", b: "{{ .user | upper | quote }}" }),
    ).toEqual(
      new Map([
        ["a.yaml", "user: alice"],
        ["b", '"ALICE"'],
      ]),
    );
  });

  it("carries bytes that are no text, and names that are no identifiers", async () => {
    const value = Uint8Array.from({ length: 256 }, (_, index) => index);
    const request = { namespace: "a", items: new Map([["tls.key", value]]) };
    const rendered = await engine.render({
      ...request,
      templates: new Map([["ünï\u0000", '<{{ index . "tls.key" }}>']]),
    });
    const expected = concat(utf8("<"), value, utf8(">"));
    expect([...rendered]).toEqual([["ünï\u0000", expected]]);
  });

  it("carries an output of a mebibyte, and not a byte more", async () => {
    const size = 2 ** 20;
    expect((await render({}, { a: `{{ repeat ${size} "x" }}` })).get("a")?.length).toBe(size);
    expect(await problemOf(render({}, { a: `{{ repeat ${size} "x" }}y` }))).toEqual(limit("output"));
  });

  it("counts the outputs of one request together", async () => {
    const half = '{{ repeat 524288 "x" }}';
    expect((await render({}, { a: half, b: half })).size).toBe(2);
    expect(await problemOf(render({}, { a: half, b: half, c: "{{ 1 }}" }))).toEqual(limit("output", "c"));
  });

  it("shows a template the items of its own request and no others", async () => {
    await render({ theirs: PLAINTEXT }, { a: "{{ $x := . }}{{ $x }}" });
    expect((await render({ ours: "x" }, { a: "{{ . }}{{ .theirs }}" })).get("a")).toBe("map[ours:x]<no value>");
  });

  it("knows the time, in UTC, and every time zone", async () => {
    const now = Number((await render({}, { a: "{{ now | unixEpoch }}" })).get("a"));
    expect(Math.abs(now - Date.now() / 1000)).toBeLessThan(60);
    expect((await render({}, { a: '{{ now | date "MST" }} {{ now.Location }}' })).get("a")).toBe("UTC UTC");
    const zone = '{{ dateInZone "15:04 MST" 1720000000 "Asia/Kolkata" }}';
    expect((await render({}, { a: zone })).get("a")).toBe("15:16 IST");
  });

  it("has random numbers", async () => {
    const values = await Promise.all([1, 2, 3].map(() => render({}, { a: "{{ randAlphaNum 40 }}{{ uuidv4 }}" })));
    expect(new Set(values.map((value) => value.get("a"))).size).toBe(3);
  });

  it("turns numbers beyond an integer into one as Go does on arm64; elsewhere Go gives another", async () => {
    expect((await render({}, { a: "{{ int64 1e19 }} {{ int64 -1e19 }}" })).get("a")).toBe(
      "9223372036854775807 -9223372036854775808",
    );
  });

  it("makes keys", async () => {
    const text = '{{ $c := genCAWithKey "ca" 1 (genPrivateKey "ed25519") }}{{ $c.Cert }}';
    expect((await render({}, { a: text })).get("a")).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  });

  it("is not failed by a long task on this thread", async () => {
    const rendered = render({}, { a: "{{ range until 30000 }}{{ end }}done" });
    const end = performance.now() + 400;
    while (performance.now() < end);
    expect((await rendered).get("a")).toBe("done");
  });
});

describe("a template that fails", () => {
  it("is named with what Go says of its text, and where", async () => {
    expect(await problemOf(render({}, { a: "ok {{ 1 }}", b: "\n\n{{ nosuch }}" }))).toEqual({
      code: "template_parse",
      item: "b",
      line: 3,
      text: 'function "nosuch" not defined',
    });
  });

  it("is named with the place alone where it fails as it runs", async () => {
    expect(await problemOf(render({ pw: PLAINTEXT }, { a: "\n  {{ .pw | fail }}" }))).toEqual({
      code: "template_failed",
      item: "a",
      line: 2,
      column: 11,
    });
  });

  it("has no place where Go tells none", async () => {
    const unnamed = await problemOf(render({}, { "%": "{{ fail `x` }}" }));
    expect(unnamed).toEqual({ code: "template_failed", item: "%", line: null, column: null });
  });
});

/** Time is what these are given, so there are few. */
describe("a hostile template", () => {
  /** Each in a namespace of its own, for they use up its time. */
  afterEach(async () => {
    expect((await render({ a: "fine" }, { a: "{{ .a }}" })).get("a")).toBe("fine");
  });

  const LOOP = "{{ range until 1000000 }}{{ range until 1000 }}{{ end }}{{ end }}";
  /** On a slow machine the time is over before the memory or the stack is. */
  it.each<[string, string, ...TemplateLimit[]]>([
    ["runs for ever", LOOP, "time"],
    ["has a slow regular expression", '{{ regexMatch "(.*)(.*)(.*)(.*)[^x]$" (repeat 10000000 "x") }}', "time"],
    ["makes a string of a gigabyte", '{{ repeat 1000000000 "x" }}', "memory"],
    ["makes a list of 100 million", "{{ until 100000000 | len }}", "memory", "time"],
    [
      "doubles a string again and again",
      '{{ $x := "x" }}{{ range until 40 }}{{ $x = print $x $x }}{{ end }}',
      "memory",
      "time",
    ],
    ["prints what contains itself", '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}', "depth", "time"],
    ["is nested deeply", `${"{{ if 1 }}".repeat(20_000)}${"{{ end }}".repeat(20_000)}`, "depth", "time"],
    ["writes without end", "{{ range until 3000000 }}x{{ end }}", "output", "time"],
  ])("that %s comes to its limit", async (name, text, ...limits) => {
    const problem = await problemOf(render({ pw: PLAINTEXT }, { a: text }, name));
    expect(limits.map((each) => limit(each))).toContainEqual(problem);
  });

  it.each([
    ["calls itself for ever", '{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}'],
    ["has a thousand parentheses too many", `{{ ${"(".repeat(5_000)}1${")".repeat(5_000)} }}`],
    ["asks for the impossible", '{{ repeat 9223372036854775807 "xx" }}'],
  ])("that %s fails as any other", async (name, text) => {
    expect(await problemOf(render({}, { a: text }, name))).toMatchObject({
      code: expect.stringMatching(/^template_(parse|failed)$/),
      item: "a",
    });
  });

  it("does nothing to the renders of others", async () => {
    const hostile = Array.from({ length: 3 }, () => problemOf(render({}, { a: LOOP }, "hostile")));
    const good = Array.from({ length: 100 }, (_, index) =>
      render({ a: `value ${index}` }, { a: "{{ .a | upper }}" }, `good-${index % 10}`),
    );
    const outputs = (await Promise.all(good)).map((output) => output.get("a"));
    expect(outputs).toEqual(outputs.map((_, index) => `VALUE ${index}`));
    expect(await Promise.all(hostile)).toEqual(hostile.map(() => limit("time")));
  });
});

describe("an error tells nothing of the items", () => {
  const items = { pw: PLAINTEXT, json: `{"a":"${PLAINTEXT}"}`, [PLAINTEXT.slice(0, 8)]: PLAINTEXT };
  it.each([
    "{{ .pw | fail }}",
    "{{ fail .pw }}",
    "{{ .pw.x }}",
    "{{ mustFromJson .pw }}",
    "{{ mustToDate .pw .pw }}",
    '{{ mustRegexMatch (print "(" .pw) "x" }}',
    "{{ semver .pw }}",
    "{{ index .pw .pw }}",
    "{{ template .pw }}",
    '{{ urlParse (print "http://[" .pw) }}',
    "{{ lt .pw 1 }}",
    "{{ ne . . }}",
    "{{ (fromJson .json).a.b }}",
    "{{ range .pw }}{{ end }}",
    "{{ slice (list .pw) 5 }}",
    "{{ $d := dict }}{{ $_ := set $d .pw $d }}{{ $d }}",
  ])("%s", async (text) => {
    const error = await errorOf(render(items, { a: text }, text));
    const told = [error.message, error.stack, JSON.stringify(error), shown(error)];
    expect(told.join("\n")).not.toContain(PLAINTEXT.slice(8, 20));
  });
});

describe("an engine in a bundle", () => {
  it("is given its module and the text of its worker", async () => {
    const worker = await bundledWorker();
    const unpacked = await readModule();
    for (const module of [await gzip(unpacked), unpacked]) {
      const bundled = createTemplateEngine({ module, worker });
      const items = new Map([["a", utf8("b")]]);
      const rendered = await bundled.render({ namespace: "a", items, templates: new Map([["t", "{{ .a | upper }}"]]) });
      expect(rendered).toEqual(new Map([["t", new Uint8Array(utf8("B"))]]));
      bundled.close();
    }
  });
});

type Texts = Readonly<Record<string, string>>;

async function render(items: Texts, templates: Texts, namespace = "default"): Promise<ReadonlyMap<string, string>> {
  const rendered = await engine.render({
    namespace,
    items: new Map(Object.entries(items).map(([name, text]) => [name, utf8(text)])),
    templates: new Map(Object.entries(templates)),
  });
  return new Map([...rendered].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
}

async function errorOf(rendering: Promise<unknown>): Promise<SealwrightError> {
  const outcome = await rendering.catch((error: unknown) => error);
  if (outcome instanceof SealwrightError) return outcome;
  throw outcome instanceof Error ? outcome : new Error("it rendered all the same");
}

async function problemOf(rendering: Promise<unknown>): Promise<unknown> {
  return (await errorOf(rendering)).problem;
}

function limit(reached: TemplateLimit, item = "a") {
  return { code: "template_limit", item, limit: reached };
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
