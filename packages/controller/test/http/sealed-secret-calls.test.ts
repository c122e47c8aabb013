import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import {
  KeyRing,
  readSealedSecret,
  readSecret,
  type SealedSecret,
  type SealingKey,
  type SealOptions,
  seal,
  unseal,
} from "@sealwright/core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import type { AuditEvent } from "../../src/audit/audit.ts";
import { close, createHttpServer, type HttpServerOptions, listen } from "../../src/http/server.ts";
import { newKey } from "../doubles/sealing-keys.ts";

let old: SealingKey;
let newest: SealingKey;
let url: string;
let stop: (() => Promise<void>) | null = null;

beforeAll(async () => {
  [old, newest] = (await Promise.all([newKey("2026-01-01"), newKey("2026-02-01")])) as [SealingKey, SealingKey];
});

afterEach(() => stop?.());

async function serve(options: Partial<HttpServerOptions> = {}) {
  const answers: string[] = [];
  const server = createHttpServer({
    keys: { ring: new KeyRing([old, newest]) },
    ready: () => true,
    acceptDeprecatedData: true,
    rateLimit: { perSecond: 1_000, burst: 1_000 },
    readTimeout: 120_000,
    writeTimeout: 120_000,
    onAnswer: ({ path, method, status }) => answers.push(`${method} ${path} ${status}`),
    ...options,
  });
  const { port } = await listen(server, { host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${port}`;
  stop = () => close(server, 0);
  return answers;
}

const SECRET = readSecret({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { namespace: "shop", name: "database", labels: { app: "shop" }, annotations: { note: "x" } },
  type: "Opaque",
  stringData: { user: "admin", password: "hunter2" },
});

const sealed = (key = old, options: Partial<SealOptions> = {}) =>
  seal(SECRET, { certificate: key.certificate, ...options });

function withTemplateData(object: SealedSecret, data: Readonly<Record<string, string | null>>): SealedSecret {
  return { ...object, spec: { ...object.spec, template: { ...object.spec.template, data } } };
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });

describe.each(["/v1/verify", "/v1/rotate"])("%s", (path) => {
  test("takes JSON and YAML, of the old key and the new", async () => {
    await serve();
    const { encryptedData } = (await sealed(newest)).spec;
    const yaml = `---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: database, namespace: shop}\nspec:\n  encryptedData:\n    password: ${encryptedData["password"]}\n`;
    for (const body of [await sealed(old), await sealed(newest), yaml])
      expect((await post(path, body)).status).toBe(200);
  });

  test("one answer for every cause that it does not open for", async () => {
    await serve();
    const object = await sealed();
    const stranger = await newKey("2026-01-01");
    const { password = "" } = object.spec.encryptedData;
    const altered = Buffer.from(password, "base64");
    altered.writeUInt8(altered.readUInt8(270) ^ 1, 270);
    const withItem = (item: string) => ({ ...object, spec: { ...object.spec, encryptedData: { password: item } } });
    const closed = [
      await sealed(stranger),
      { ...object, metadata: { ...object.metadata, name: "other" } },
      { ...object, metadata: { ...object.metadata, namespace: "other" } },
      {
        ...object,
        metadata: { ...object.metadata, annotations: { "sealedsecrets.bitnami.com/cluster-wide": "true" } },
      },
      withItem("!not base64"),
      withItem("AAAA"),
      withItem(altered.toString("base64")),
    ];
    const answers = await Promise.all(closed.map((body) => post(path, body)));
    const told = await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`));
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toMatch(/^409 /);
  });

  test("renders nothing: what a template would do with the values makes no difference", async () => {
    await serve();
    const object = await sealed();
    const templates = [
      '{{ if eq .password "hunter2" }}{{ fail "x" }}{{ end }}',
      "{{ range until 100000000 }}{{ end }}",
      "{{",
    ];
    for (const template of templates) {
      expect((await post(path, withTemplateData(object, { probe: template }))).status).toBe(200);
    }
  });

  test.each([
    ["", "nothing"],
    ["{", "half an object"],
    ["a: [", "no YAML"],
    ["[]", "a list"],
    ["text", "a text"],
    ['{"apiVersion":"v1","kind":"Secret"}', "a Secret"],
    ['{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret"}', "no spec"],
    ['{"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret","spec":{"encryptedData":[]}}', "a list of items"],
  ])("malformed: %s (%s)", async (body) => {
    await serve();
    expect((await post(path, body)).status).toBe(400);
  });

  test("two documents are malformed: only one of them would be looked at", async () => {
    await serve();
    const one = JSON.stringify(await sealed());
    expect((await post(path, `${one}\n${one}`)).status).toBe(400);
  });

  test("bytes that are no UTF-8 are malformed", async () => {
    await serve();
    expect((await fetch(url + path, { method: "POST", body: Buffer.from([0xff, 0xfe]) })).status).toBe(400);
  });

  test("is for POST alone", async () => {
    await serve();
    const response = await fetch(url + path);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("a body that is said to be larger than 4 MiB is not read", async () => {
    await serve();
    const answer = await new Promise<{ status: number | undefined; connection: string | undefined }>((resolve) => {
      const call = request(
        url + path,
        { method: "POST", headers: { "content-length": 4 * 1024 * 1024 + 1 } },
        (response) => {
          resolve({ status: response.statusCode, connection: response.headers.connection });
          call.destroy();
        },
      );
      call.on("error", () => {});
      call.flushHeaders();
    });
    expect(answer).toEqual({ status: 413, connection: "close" });
  });

  test("nor one to its end that turns out to be", async () => {
    await serve();
    const { ending, sent } = await flood(100);
    // Who still writes when the connection is closed may learn of that before he reads the answer.
    expect([413, "cut"]).toContain(ending);
    expect(sent).toBeLessThan(64);
  });

  test.each([
    ["too large", 413, {}],
    ["one too many", 429, { rateLimit: { perSecond: 0.001, burst: 0 } }],
  ])("whoever sends a body of 16 MiB to its end reads that it is %s", async (_, status, options) => {
    await serve(options);
    if (status === 429) await (await post(path, "{")).text();
    expect(await flood(16)).toEqual({ ending: status, sent: 16 });
  });

  /** Sends so many mebibytes, and looks at no answer before the last of them is out. */
  async function flood(mebibytes: number): Promise<{ readonly ending: unknown; readonly sent: number }> {
    const mebibyte = Buffer.alloc(1024 * 1024, " ");
    let sent = 0;
    const ending = await new Promise((resolve) => {
      const call = request(url + path, { method: "POST" }, (response) => resolve(response.statusCode));
      call.on("error", () => resolve("cut"));
      const more = () => {
        if (call.destroyed) return;
        if (sent === mebibytes) return void call.end();
        sent += 1;
        call.write(mebibyte, more);
      };
      more();
    });
    return { ending, sent };
  }

  test("is counted under its path", async () => {
    const answers = await serve();
    await (await post(path, "{")).text();
    await (await fetch(`${url}/healthz`)).text();
    await stop?.();
    expect(answers).toEqual([`post ${path} 400`]);
  });
});

describe("verify", () => {
  test("says nothing but the status", async () => {
    await serve();
    const response = await post("/v1/verify", await sealed());
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("of spec.data only where that is accepted", async () => {
    await serve({ acceptDeprecatedData: false });
    const object = { ...(await sealed()), spec: { encryptedData: {}, data: "AAAA" } };
    expect((await post("/v1/verify", object)).status).toBe(409);
  });
});

describe("rotate", () => {
  test("seals to the newest key and changes nothing else", async () => {
    await serve();
    const object = withTemplateData(await sealed(old, { scope: "namespace-wide" }), {
      url: "{{ .password }}",
      gone: null,
    });
    const response = await post("/v1/rotate", { ...object, metadata: { ...object.metadata, labels: { team: "a" } } });
    expect(response.headers.get("content-type")).toBe("application/json");
    const rotated = readSealedSecret(await response.json());
    expect({ ...rotated, spec: { ...rotated.spec, encryptedData: {} } }).toEqual({
      ...object,
      metadata: { ...object.metadata, labels: { team: "a" } },
      spec: { ...object.spec, encryptedData: {} },
    });
    const plain = { ...rotated, spec: { ...rotated.spec, template: {} } };
    const { secret, keys } = await unseal(plain, new KeyRing([old, newest]));
    expect([...keys]).toEqual([newest.fingerprint]);
    expect(Buffer.from(secret.data.get("password") ?? []).toString()).toBe("hunter2");
  });

  test("says nothing of a value", async () => {
    await serve();
    const body = await (await post("/v1/rotate", await sealed())).text();
    for (const value of ["hunter2", btoa("hunter2")]) expect(body).not.toContain(value);
  });
});

describe("the rate limit", () => {
  const LIMIT = { rateLimit: { perSecond: 0.001, burst: 1 } };
  const statuses = async (headers: readonly Record<string, string>[], path = "/v1/verify") => {
    const found: number[] = [];
    for (const header of headers) found.push((await post(path, "{", header)).status);
    return found;
  };

  test("is for each user, whom the API server names last", async () => {
    await serve(LIMIT);
    const from = (forwarded: string) => ({ "x-forwarded-for": forwarded });
    expect(await statuses([from("1.1.1.1"), from("1.1.1.1"), from("1.1.1.1")])).toEqual([400, 400, 429]);
    expect(await statuses([from("9.9.9.1, 1.1.1.1"), from("9.9.9.2,1.1.1.1")])).toEqual([429, 429]);
    expect(await statuses([from("1.1.1.1, 2.2.2.2")])).toEqual([400]);
    expect(await statuses([{}, {}, {}])).toEqual([400, 400, 429]);
  });

  test("says when to come back", async () => {
    await serve(LIMIT);
    const [, , refused] = [await post("/v1/verify", "{"), await post("/v1/verify", "{"), await post("/v1/verify", "{")];
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("is for each of the two", async () => {
    await serve(LIMIT);
    expect(await statuses([{}, {}, {}])).toEqual([400, 400, 429]);
    expect(await statuses([{}], "/v1/rotate")).toEqual([400]);
  });

  test("holds for an address over all, whatever its headers say", async () => {
    await serve(LIMIT);
    const headers = Array.from({ length: 14 }, (_, index) => ({ "x-forwarded-for": `10.0.0.${index}` }));
    const found = await statuses(headers);
    expect(found.slice(0, 11)).toEqual(Array(11).fill(400));
    expect(found.slice(11)).toEqual([429, 429, 429]);
  });

  test("is not for the certificate", async () => {
    await serve(LIMIT);
    for (let call = 0; call < 15; call += 1) expect((await fetch(`${url}/v1/cert.pem`)).status).toBe(200);
  });
});

describe("timeouts", () => {
  const half = "POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{";

  test("whoever does not send his request to its end is cut off", async () => {
    await serve({ readTimeout: 60 });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(half);
    expect(await text(socket).catch(() => "")).toMatch(/^$|408 Request Timeout/);
  });

  test("whoever does not wait for the answer to its end neither holds it up", async () => {
    await serve({ writeTimeout: 30 });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(half);
    expect(await text(socket).catch(() => "")).toBe("");
  });
});

describe("the audit log", () => {
  const events: AuditEvent[] = [];
  const audit = { record: (event: AuditEvent) => void events.push(event) };
  const call = (path: string, body: string) =>
    fetch(`${url}${path}`, { method: "POST", body, headers: { "x-forwarded-for": "6.6.6.6, 10.0.0.7" } });

  test("notes who asked for what, and which keys were used", async () => {
    await serve({ audit });
    const object = JSON.stringify(await sealed());
    await call("/v1/verify", object);
    await call("/v1/rotate", object);
    await call("/v1/verify", "{}");
    const who = { client: "127.0.0.1", forwardedFor: "10.0.0.7" };
    const at = { namespace: "shop", name: "database" };
    expect(events).toEqual([
      { audit: "verify", result: "ok", keys: [old.fingerprint], ...at, ...who },
      { audit: "rotate", result: "ok", keys: [newest.fingerprint], ...at, ...who },
      { audit: "verify", result: "400", ...who },
    ]);
  });
});
