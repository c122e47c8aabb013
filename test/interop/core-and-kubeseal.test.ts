import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  edit,
  KeyRing,
  type ResealOptions,
  readSealedSecret,
  readSealingKey,
  readSecret,
  reseal,
  type Secret,
  seal,
  secretManifest,
  unseal,
} from "@sealwright/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { runKubeseal } from "../peers/kubeseal.ts";
import { readVectors } from "../vectors/vector-files.ts";
import { SCOPE_NAMES } from "./sample-secret.ts";

const { keys } = readVectors("keys.json");
const BINDING = { namespace: "shop", name: "sample" } as const;

/** Items that the two sides must agree on to the byte. */
const DATA: Readonly<Record<string, ReadonlyMap<string, Uint8Array>>> = {
  "no item": new Map(),
  "an empty value": new Map([["empty", new Uint8Array()]]),
  "bytes that are no text": new Map([["binary", Uint8Array.from({ length: 256 }, (_, byte) => byte)]]),
  "50 items": new Map(Array.from({ length: 50 }, (_, index) => [`item-${index}`, Buffer.from(`value ${index}`)])),
  "900 KB": new Map([["large", Uint8Array.from({ length: 900 * 1024 }, (_, at) => (at * 31) & 0xff)]]),
};
const TYPES: Readonly<Record<string, Secret>> = {
  Opaque: secretOf("Opaque", { any: "thing" }),
  tls: secretOf("kubernetes.io/tls", { "tls.crt": "crt", "tls.key": "key" }),
  dockercfg: secretOf("kubernetes.io/dockercfg", { ".dockercfg": "{}" }),
  dockerconfigjson: secretOf("kubernetes.io/dockerconfigjson", { ".dockerconfigjson": '{"auths":{}}' }),
  "basic-auth": secretOf("kubernetes.io/basic-auth", { username: "ada", password: "" }),
  "ssh-auth": secretOf("kubernetes.io/ssh-auth", { "ssh-privatekey": "key" }),
  "bootstrap token": secretOf("bootstrap.kubernetes.io/token", {
    "token-id": "abcdef",
    "token-secret": "0123456789abcdef",
  }),
  "a type of one's own": secretOf("example.com/type", { any: "thing" }),
};

describeWithPeers("core and the Go kubeseal, file by file", ["kubeseal"], () => {
  let folder: string;
  let ring: KeyRing;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sealwright-interop-"));
    const names = ["rsa-2048", "other-rsa-2048"];
    for (const name of names) {
      await writeFile(join(folder, `${name}.key`), pem(name).privateKey, { mode: 0o600 });
      await writeFile(join(folder, `${name}.crt`), pem(name).certificate);
    }
    const read = await Promise.all(names.map((name) => readSealingKey(pem(name))));
    ring = new KeyRing(read.map((key, index) => ({ ...key, orderedBy: new Date(index) })));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const goSeals = async (secret: Secret, ...args: string[]) => {
    const certificate = join(folder, "rsa-2048.crt");
    const stdin = JSON.stringify(secretManifest(secret));
    const { code, stdout, stderr } = await runKubeseal(["--cert", certificate, "--allow-empty-data", ...args], {
      stdin,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return readSealedSecret(JSON.parse(stdout));
  };
  /** What the Go program makes of an object with one key alone. */
  const goOpens = async (sealed: unknown, key: string) => {
    const args = ["--recovery-unseal", "--recovery-private-key", join(folder, `${key}.key`)];
    const { code, stdout, stderr } = await runKubeseal(args, { stdin: JSON.stringify(sealed) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return readSecret(JSON.parse(stdout));
  };
  const certificateOf = async (name: string) => (await readSealingKey(pem(name))).certificate;

  it.each(SCOPE_NAMES.flatMap((scope) => Object.keys(DATA).map((items) => [scope, items] as const)))(
    "open what the other sealed: %s, %s",
    async (scope, items) => {
      const secret = { ...secretOf("Opaque", {}), data: DATA[items] ?? new Map() };
      const options = { certificate: await certificateOf("rsa-2048"), scope, allowEmptyData: true, hints: true };
      expectSame(await goOpens(await seal(secret, options), "rsa-2048"), secret);
      expectSame((await unseal(await goSeals(secret, "--scope", scope), ring)).secret, secret);
    },
  );

  it.each(Object.entries(TYPES))("agree on the type: %s", async (_, secret) => {
    const certificate = await certificateOf("rsa-2048");
    for (const opened of [
      await goOpens(await seal(secret, { certificate }), "rsa-2048"),
      (await unseal(await goSeals(secret), ring)).secret,
    ]) {
      expect(opened.type).toBe(secret.type);
      expectSame(opened, secret);
    }
  });

  it.each(SCOPE_NAMES)("what Go sealed and we sealed anew opens with the new key alone, in Go: %s", async (scope) => {
    const secret = secretOf("example.com/type", { a: "1", b: "2" });
    const options: ResealOptions = { certificate: await certificateOf("other-rsa-2048"), hints: true };
    const { sealedSecret, items } = await reseal(await goSeals(secret, "--scope", scope), ring, options);
    expect(items).toEqual(new Set(["a", "b"]));
    const opened = await goOpens(sealedSecret, "other-rsa-2048");
    expectSame(opened, secret);
    expect([opened.type, opened.metadata.labels]).toEqual([secret.type, secret.metadata.labels]);
  });

  it.each(SCOPE_NAMES)("what Go sealed and we edited opens in Go: %s", async (scope) => {
    const sealed = await goSeals(secretOf("Opaque", { a: "1", b: "2", c: "3" }), "--scope", scope);
    const edited = await edit(
      sealed,
      [
        { edit: "replace", item: "a", value: Buffer.from("new") },
        { edit: "rename", item: "b", to: "z" },
        { edit: "remove", item: "c" },
        { edit: "add", item: "d", value: new Uint8Array() },
      ],
      { certificate: await certificateOf("rsa-2048") },
    );
    expectSame(await goOpens(edited, "rsa-2048"), secretOf("Opaque", { a: "new", z: "2", d: "" }));
  });

  it("agree on what a null leaves out", async () => {
    const sealed = await goSeals(secretOf("Opaque", { a: "1", b: "2" }));
    const nulled = { ...sealed, spec: { ...sealed.spec, template: { ...sealed.spec.template, data: { b: null } } } };
    for (const opened of [await goOpens(nulled, "rsa-2048"), (await unseal(nulled, ring)).secret]) {
      expectSame(opened, secretOf("Opaque", { a: "1" }));
    }
  });
});

function pem(name: string) {
  const key = keys[name];
  if (key === undefined) throw new Error(`no key ${name}`);
  return key;
}

function secretOf(type: string, items: Readonly<Record<string, string>>): Secret {
  return {
    metadata: { name: BINDING.name, namespace: BINDING.namespace, labels: { app: "shop" } },
    type,
    data: new Map(Object.entries(items).map(([item, text]) => [item, Buffer.from(text)])),
  };
}

function expectSame(opened: Secret, expected: Secret): void {
  const hashes = ({ data }: Secret) =>
    new Map([...data].map(([item, value]) => [item, Buffer.from(value).toString("base64")]));
  expect(opened.metadata).toMatchObject({ name: expected.metadata.name, namespace: expected.metadata.namespace });
  expect(hashes(opened)).toEqual(hashes(expected));
}
