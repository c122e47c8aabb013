import { KeyRing, readSealedSecret, readSealingKey, type SealingKey } from "@sealwright/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readVectors } from "../../../../test/vectors/vector-files.ts";
import { NO_POLICY, type Policy } from "../../src/policy.ts";
import type { ObservedSealedSecret, Opened, Recorded, SecretVersion } from "../../src/ports.ts";
import { RecordBook } from "../../src/records/record-book.ts";
import { observedSealedSecret, secretOf } from "../doubles/objects.ts";

const { keys } = readVectors("keys.json");

async function vectorKey(name: string): Promise<SealingKey> {
  const pem = keys[name];
  if (pem === undefined) throw new Error(`no key ${name}`);
  return readSealingKey(pem);
}

const key = await vectorKey("rsa-2048");
const other = await vectorKey("other-rsa-2048");
const SECRET: SecretVersion = { uid: "secret-uid", resourceVersion: "7" };
const ITEMS = { user: "me", password: "s3cret" };
/** Nobody opens them here: what was sealed matters as text alone. */
const SPEC = { encryptedData: { user: "QUFB", password: "QkJC" }, template: { type: "Opaque" } };

interface Situation {
  readonly spec?: unknown;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ring?: readonly SealingKey[];
  readonly acceptDeprecatedData?: boolean;
  readonly policy?: Policy;
  readonly keepSecrets?: boolean;
  readonly about?: Partial<ObservedSealedSecret>;
  readonly text?: string;
}

function situation({ spec = SPEC, annotations = {}, ring = [key, other], text, about = {}, ...options }: Situation) {
  const metadata = { namespace: "shop", name: "database", annotations };
  const manifest = { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", metadata, spec };
  const status = text === undefined ? {} : { record: text };
  return {
    book: new RecordBook(() => new KeyRing(ring), { acceptDeprecatedData: true, ...options }),
    observed: observedSealedSecret({ manifest, annotations, status, ...about }),
    sealed: readSealedSecret(manifest),
  };
}

function openedWith(items: Readonly<Record<string, string>> = ITEMS, by: Record<string, SealingKey> = {}): Opened {
  const keyOf = Object.keys(items).map((item) => [item, (by[item] ?? key).fingerprint] as const);
  return { secret: secretOf({ items }), keyOf: new Map(keyOf) };
}

async function recordOf(given: Situation = {}, opened = openedWith(), secret = SECRET): Promise<string> {
  const { book, observed, sealed } = situation(given);
  const text = await book.write(observed, sealed, opened, secret);
  if (text === null) throw new Error("no record was made");
  return text;
}

function read(text: string, given: Situation = {}): Promise<Recorded | null> {
  const { book, observed, sealed } = situation({ ...given, text });
  return book.read(observed, sealed);
}

const bytesOf = (items: Readonly<Record<string, string>>) => secretOf({ items }).data;

/** What of the truth a record still proves. */
async function proofs(text: string, given: Situation = {}, secret = SECRET) {
  const recorded = await read(text, given);
  return {
    version: recorded?.vouchesFor(secret) ?? false,
    content: recorded?.holds(secret, bytesOf(ITEMS)) ?? false,
  };
}

const NOTHING = { version: false, content: false };

test("a record that was made elsewhere, byte by byte as records/tags.ts has it", async () => {
  // Python's hmac over `openssl pkcs8`: nonce 00 01 .. 0f, the spec of above, Secret at version 7.
  const vector =
    "AQABAgMEBQYHCAkKCwwNDg8H0rGlNYlYDNL75ozXPiWYATIMr+OPul3CXCmqwMclTkoAC5dSW3HKE+VjZzbJ84ZM6gA4vuXDVSbqJrA6zdlFL7MR" +
    "SnSJAsovQTF+medeHTkmkAeGbV3cp9IMnYNZ5Rz76UY=";
  expect(await proofs(vector)).toEqual({ version: true, content: true });
});

describe("what was recorded", () => {
  test("is proven, whatever the items and the keys that opened them", async () => {
    const name = fc.constantFrom("a", "b", "A", "__proto__", "constructor", "spec.data", "a,b", "[");
    const text = fc.string({ maxLength: 12, unit: "binary" });
    const items = fc.dictionary(name, fc.tuple(text, text, fc.boolean()));
    await fc.assert(
      fc.asyncProperty(items, async (given) => {
        const column = <T>(of: (entry: [string, string, boolean]) => T) =>
          Object.fromEntries(Object.entries(given).map(([item, entry]) => [item, of(entry)]));
        const spec = { encryptedData: column(([sealed]) => sealed) };
        const values = column(([, value]) => value);
        const text = await recordOf(
          { spec },
          openedWith(
            values,
            column(([, , first]) => (first ? key : other)),
          ),
        );
        const recorded = await read(text, { spec });
        expect(recorded).toMatchObject({ text, unchanged: true });
        expect(recorded?.vouchesFor(SECRET)).toBe(true);
        expect(recorded?.holds({ ...SECRET, resourceVersion: "8" }, bytesOf(values))).toBe(true);
        expect(recorded?.keyOf).toEqual(
          openedWith(
            values,
            column(([, , first]) => (first ? key : other)),
          ).keyOf,
        );
      }),
      { numRuns: 60 },
    );
  });

  test("takes some hundred characters, and fifty items a little over a thousand", async () => {
    expect((await recordOf()).length).toBeLessThan(200);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, item) => [`item-${item}`, `value-${item}`]));
    expect((await recordOf({ spec: { encryptedData: many } }, openedWith(many))).length).toBeLessThan(1_300);
  });

  test("cannot be told from what is recorded of another value: nonce and tags differ each time", async () => {
    const texts = await Promise.all([recordOf(), recordOf(), recordOf({}, openedWith({ ...ITEMS, user: "you" }))]);
    const secretParts = texts.map((text) => {
      const bytes = Buffer.from(text, "base64");
      return [bytes.subarray(1, 17), bytes.subarray(-32, -16), bytes.subarray(-16)].map((part) => part.toString("hex"));
    });
    expect(new Set(secretParts.flat()).size).toBe(9);
  });

  test("holds nothing that follows from a value alone", async () => {
    const bytes = Buffer.from(await recordOf(), "base64");
    const publicPart = (await recordOf({}, openedWith({ user: "you", password: "other" }))).toString();
    // All between nonce and tags is what stands in the SealedSecret.
    expect(bytes.subarray(17, -32)).toEqual(Buffer.from(publicPart, "base64").subarray(17, -32));
  });
});

describe("nothing is proven", () => {
  test("by a record of which any bit was changed", async () => {
    const bytes = Buffer.from(await recordOf(), "base64");
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const proven = await proofs(changed.toString("base64"));
      // A changed tag is one that does not hold; the other one is what it was.
      const [inVersionTag, inContentTag] = [bytes.length - 32, bytes.length - 16].map((at) => bit >> 3 >= at);
      const expected = { version: inContentTag === true, content: inVersionTag === true && inContentTag !== true };
      expect({ bit, ...proven }).toEqual({ bit, ...expected });
    }
  });

  test("by a record that is cut short, made longer, or put together from two", async () => {
    const [a, b] = [Buffer.from(await recordOf(), "base64"), Buffer.from(await recordOf(), "base64")];
    const forged = [
      a.subarray(0, -1),
      a.subarray(0, -17),
      Buffer.concat([a, a.subarray(-17)]),
      Buffer.concat([a.subarray(0, -32), b.subarray(-32)]),
      Buffer.concat([a.subarray(0, 17), b.subarray(17)]),
      Buffer.concat([a.subarray(0, -32), a.subarray(-16), a.subarray(-32, -16)]),
    ];
    for (const bytes of forged) expect(await proofs(bytes.toString("base64"))).toEqual(NOTHING);
  });

  test("by any text, nor does one do harm", async () => {
    const texts = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from([1, ...bytes]).toString("base64")),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(await proofs(text)).toEqual(NOTHING);
      }),
    );
    expect(await proofs(Buffer.alloc(1_500_000, 1).toString("base64"))).toEqual(NOTHING);
    for (const record of [7, null, {}, ["AQ=="]]) {
      const status = { record } as unknown as ObservedSealedSecret["status"];
      const { book, observed, sealed } = situation({ about: { status } });
      expect(await book.read(observed, sealed)).toBeNull();
    }
  });

  test("by the same bytes in another writing of base64", async () => {
    const text = await recordOf();
    for (const other of [
      `${text}\n`,
      ` ${text}`,
      `${text}====`,
      text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
    ]) {
      if (other !== text) expect(await read(other)).toBeNull();
    }
  });

  test.each<[string, Partial<ObservedSealedSecret>]>([
    ["another SealedSecret of that name", { uid: "uid-2" }],
    ["one of another name", { name: "other" }],
    ["one in another namespace", { namespace: "elsewhere" }],
  ])("of %s", async (_, about) => {
    expect(await proofs(await recordOf(), { about })).toEqual(NOTHING);
  });

  test("of another Secret of that name; of another version of it, only its content", async () => {
    const text = await recordOf();
    expect(await proofs(text, {}, { ...SECRET, uid: "another" })).toEqual(NOTHING);
    expect(await proofs(text, {}, { ...SECRET, resourceVersion: "8" })).toEqual({ version: false, content: true });
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ["a value that was changed", { ...ITEMS, password: "s3cres" }],
    ["a byte that moved to the next value", { password: "s3cre", user: "tme" }],
    ["values that changed places", { user: "s3cret", password: "me" }],
    ["an item that was added", { ...ITEMS, added: "" }],
    ["an item that is gone", { user: "me" }],
    ["an item of another name", { user: "me", passwork: "s3cret" }],
    ["no items", {}],
  ])("of %s", async (_, items) => {
    expect((await read(await recordOf()))?.holds(SECRET, bytesOf(items))).toBe(false);
  });

  test.each<[string, Situation]>([
    ["another ciphertext", { spec: { ...SPEC, encryptedData: { ...SPEC.encryptedData, user: "QUFC" } } }],
    ["ciphertexts that changed places", { spec: { ...SPEC, encryptedData: { user: "QkJC", password: "QUFB" } } }],
    ["an item more", { spec: { ...SPEC, encryptedData: { ...SPEC.encryptedData, more: "QUFB" } } }],
    ["an item less", { spec: { ...SPEC, encryptedData: { user: "QUFB" } } }],
    ["another type", { spec: { ...SPEC, template: { type: "kubernetes.io/basic-auth" } } }],
    ["a label", { spec: { ...SPEC, template: { ...SPEC.template, metadata: { labels: { a: "b" } } } } }],
    ["a plain item", { spec: { ...SPEC, template: { ...SPEC.template, data: { a: "b" } } } }],
    ["spec.data", { spec: { ...SPEC, data: "QUFB" } }],
    ["another scope", { annotations: { "sealedsecrets.bitnami.com/namespace-wide": "true" } }],
    ["another flag", { acceptDeprecatedData: false }],
    ["another policy", { policy: { ...NO_POLICY, denyTypes: ["a/b"] } }],
    ["Secrets that are kept", { keepSecrets: true }],
  ])("of the whole, once the SealedSecret has %s", async (_, given) => {
    const recorded = await read(await recordOf(), given);
    expect(recorded?.unchanged).toBe(false);
    expect(recorded?.vouchesFor(SECRET)).toBe(false);
  });

  test("of an item whose ciphertext or scope is another", async () => {
    const text = await recordOf();
    const changed = { ...SPEC, encryptedData: { ...SPEC.encryptedData, user: "QUFC" } };
    expect((await read(text, { spec: changed }))?.keyOf).toEqual(new Map([["password", key.fingerprint]]));
    const annotations = { "sealedsecrets.bitnami.com/cluster-wide": "true" };
    expect((await read(text, { annotations }))?.keyOf).toEqual(new Map());
  });
});

describe("the keys of a record", () => {
  const both = openedWith(ITEMS, { password: other });

  test("must all be at hand, and active", async () => {
    const text = await recordOf({}, both);
    expect(await proofs(text)).toEqual({ version: true, content: true });
    for (const ring of [[], [key], [other], [key, { ...other, retired: true }]]) {
      expect(await read(text, { ring })).toBeNull();
    }
  });

  test("are none but those that opened something: who holds another one learns and forges nothing", async () => {
    const text = await recordOf({ ring: [key, other] });
    expect(await proofs(text, { ring: [key] })).toEqual({ version: true, content: true });
    // Somebody who holds `other` writes its name over that of `key`: the tags are still made with `key`.
    const name = ({ fingerprint }: SealingKey) =>
      Buffer.from(fingerprint.slice("SHA256:".length), "base64").subarray(0, 16);
    const renamed = Buffer.from(text, "base64");
    name(other).copy(renamed, renamed.indexOf(name(key)));
    expect(await proofs(renamed.toString("base64"))).toEqual(NOTHING);
  });

  test("are the newest one where nothing is sealed", async () => {
    const spec = { encryptedData: {}, template: { data: { a: "b" } } };
    const opened: Opened = { secret: secretOf({ items: { a: "b" } }), keyOf: new Map() };
    const newest = { ...other, orderedBy: new Date("2030-01-01") };
    const text = await recordOf({ spec, ring: [key, newest] }, opened);
    expect((await read(text, { spec, ring: [newest] }))?.vouchesFor(SECRET)).toBe(true);
    expect(await read(text, { spec, ring: [key] })).toBeNull();
  });

  test("make no record where one of them has just gone", async () => {
    const { book, observed, sealed } = situation({ ring: [key] });
    expect(await book.write(observed, sealed, both, SECRET)).toBeNull();
    const empty = situation({ ring: [], spec: { encryptedData: {} } });
    const opened: Opened = { secret: secretOf({ items: {} }), keyOf: new Map() };
    expect(await empty.book.write(empty.observed, empty.sealed, opened, SECRET)).toBeNull();
  });
});
