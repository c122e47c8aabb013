import { createHmac, createSecretKey } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { filesFrom } from "../../src/files.ts";
import { holdInterrupt } from "../../src/interruption.ts";
import type { Io } from "../../src/io.ts";
import { inPieces } from "../../src/manifest-parts.ts";
import { cacheFolder } from "../../src/seal-cache/cache-folder.ts";
import { digestOf, type SealedItem } from "../../src/seal-cache/digest.ts";
import { openSealCache } from "../../src/seal-cache/seal-cache.ts";
import { undoAtSignal } from "../../src/undo-at-signal.ts";

const DAY = 24 * 60 * 60 * 1000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwright-cache-"));
});

afterEach(() => rm(folder, { recursive: true }));

function ioAt(day: number): Io {
  const output = { write: async () => undefined };
  return {
    stdin: { isTerminal: false, read: async () => new Uint8Array(), chunks: () => inPieces(new Uint8Array()) },
    stdout: output,
    stderr: output,
    env: { XDG_CACHE_HOME: folder },
    clock: { now: () => new Date(day * DAY), timeout: AbortSignal.timeout, sleep: async () => undefined },
    files: filesFrom(folder),
    terminal: { open: async () => null, page: async () => false },
    holdInterrupt,
    undoAtSignal,
  };
}

const cached = (name: string) => join(folder, "sealwright", name);

const ITEM: SealedItem = {
  value: Buffer.from("hunter2"),
  fingerprint: "SHA256:a",
  scope: "strict",
  namespace: "shop",
  name: "database",
  item: "password",
  ciphertext: "AAAA",
};

async function remember(...items: readonly SealedItem[]): Promise<void> {
  const cache = openSealCache(ioAt(1_000));
  for (const item of items) cache.add(item);
  await cache.save();
}

describe("a digest", () => {
  test.each(Object.keys(ITEM) as (keyof SealedItem)[])("binds %s", (field) => {
    const key = createSecretKey(Buffer.alloc(32, 1));
    const other = { ...ITEM, [field]: field === "value" ? Buffer.from("hunter3") : `${ITEM[field]}x` };
    expect(digestOf(key, other)).not.toBe(digestOf(key, ITEM));
  });

  test("tells fields apart, and depends on the key", () => {
    const key = createSecretKey(Buffer.alloc(32, 1));
    const moved = { ...ITEM, namespace: "sho", name: "pdatabase" };
    expect(digestOf(key, moved)).not.toBe(digestOf(key, ITEM));
    expect(digestOf(createSecretKey(Buffer.alloc(32, 2)), ITEM)).not.toBe(digestOf(key, ITEM));
  });

  test("is the HMAC of each field behind its length, whatever its characters", () => {
    const key = Buffer.alloc(32, 1);
    const item = { ...ITEM, namespace: "größer als ASCII 🔑" };
    const texts = ["sealwright seal cache 1", item.fingerprint, item.scope, item.namespace, item.name, item.item];
    const fields = [...texts, item.ciphertext, item.value].map((field) => Buffer.from(field));
    const framed = fields.flatMap((field) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(BigInt(field.length));
      return [length, field];
    });
    const expected = createHmac("sha256", key).update(Buffer.concat(framed)).digest("base64url");
    expect(digestOf(createSecretKey(key), item)).toBe(expected);
  });
});

describe("the cache", () => {
  test("knows on the next run what it was told, and nothing else", async () => {
    await remember(ITEM);
    const cache = openSealCache(ioAt(1_001));
    expect(cache.has(ITEM)).toBe(true);
    expect(cache.has({ ...ITEM, ciphertext: "AAAB" })).toBe(false);
  });

  test("holds no value, name or ciphertext, but lines of digests", async () => {
    await remember(ITEM);
    expect(await readFile(cached("sealed-values"), "utf8")).toMatch(/^1000 [\w-]{43}\n$/);
    expect((await readFile(cached("key"))).length).toBe(32);
    expect(await readdir(join(folder, "sealwright"))).toEqual(["key", "sealed-values"]);
  });

  test("survives runs at the same time: whoever wrote the key first wins, and lines stay whole", async () => {
    const items = Array.from({ length: 20 }, (_, index) => ({ ...ITEM, item: `item-${index}` }));
    await remember({ ...ITEM, item: "first" });
    await Promise.all(items.map((item) => remember(item)));
    const cache = openSealCache(ioAt(1_000));
    expect(items.filter((item) => !cache.has(item))).toEqual([]);
  });

  test("passes over lines that are none of its own, cut short or not", async () => {
    await remember(ITEM);
    const path = cached("sealed-values");
    await writeFile(path, `nonsense\n${await readFile(path, "utf8")}1000 abc`);
    expect(openSealCache(ioAt(1_000)).has(ITEM)).toBe(true);
  });

  test("does not grow without end: the oldest entries go, and what was used of late stays", async () => {
    await remember(ITEM);
    const path = cached("sealed-values");
    const filler = Array.from(
      { length: 100_000 },
      (_, index) => `${500 + (index % 400)} ${String(index).padStart(43, "0")}\n`,
    );
    await writeFile(path, `${await readFile(path, "utf8")}${filler.join("")}`);
    const cache = openSealCache(ioAt(1_050));
    expect(cache.has(ITEM)).toBe(true);
    cache.add({ ...ITEM, item: "new" });
    await cache.save();
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    expect(lines.length).toBe(50_000);
    expect(lines.filter((line) => Number(line.split(" ")[0]) < 650)).toEqual([]);
    const next = openSealCache(ioAt(1_050));
    expect([next.has(ITEM), next.has({ ...ITEM, item: "new" })]).toEqual([true, true]);
  });

  test("follows no link to a key that somebody else has chosen", async () => {
    await remember(ITEM);
    const planted = join(folder, "planted");
    await writeFile(planted, Buffer.alloc(32), { mode: 0o600 });
    await rm(cached("key"));
    await symlink(planted, cached("key"));
    await remember(ITEM);
    expect(openSealCache(ioAt(1_000)).has(ITEM)).toBe(true);
    expect(await readFile(planted)).toEqual(Buffer.alloc(32));
    expect(await readFile(cached("key"))).not.toEqual(Buffer.alloc(32));
  });

  test("is none where there is no place for it, and says nothing", async () => {
    await writeFile(join(folder, "sealwright"), "a file");
    await remember(ITEM);
    expect(openSealCache(ioAt(1_000)).has(ITEM)).toBe(false);
  });
});

describe("its folder", () => {
  test.each([
    [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "linux", "/x/sealwright"],
    [{ XDG_CACHE_HOME: "relative", HOME: "/h" }, "linux", "/h/.cache/sealwright"],
    [{ HOME: "/h" }, "darwin", "/h/Library/Caches/sealwright"],
    [{}, "linux", null],
    [{ HOME: "/h" }, "win32", null],
  ] as const)("of %o on %s is %s", async (env, platform, expected) => {
    expect(cacheFolder(env, platform)).toBe(expected);
  });

  test("is never inside a Git repository, however deep", async () => {
    await mkdir(join(folder, "home", ".git"), { recursive: true });
    expect(cacheFolder({ XDG_CACHE_HOME: join(folder, "home", "a", "b") }, "linux")).toBeNull();
  });
});
