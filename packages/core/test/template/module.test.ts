import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { peersRequired } from "../../../../test/peers/binaries.ts";
import { runGo } from "../../template-engine/compile.ts";
import { limitMemory } from "../../template-engine/memory-limit.ts";

const MODULE = new URL("../../template-engine/engine.wasm.gz", import.meta.url);
const FOLDER = fileURLToPath(new URL("../../template-engine/", import.meta.url));

it("the module is the one that is recorded beside it", () => {
  const { sha256 } = JSON.parse(readFileSync(`${FOLDER}engine.json`, "utf8")) as { sha256: string };
  expect(
    createHash("sha256")
      .update(gunzipSync(readFileSync(MODULE)))
      .digest("hex"),
  ).toBe(sha256);
});

describe("the limit on a module's memory", () => {
  /** A module with a memory of two pages, another section before and after it. */
  const small = (memory: readonly number[]) =>
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 1, 0, 5, memory.length, ...memory, 10, 1, 0);

  it("holds", async () => {
    const limited = await WebAssembly.compile(Uint8Array.from(limitMemory(withExport(), 3 * 65_536)));
    const { memory } = new WebAssembly.Instance(limited, {}).exports as { memory: { grow(pages: number): number } };
    expect(memory.grow(1)).toBe(2);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });

  it("is written beside the minimum, and nothing else is changed", () => {
    expect(limitMemory(small([1, 0, 2]), 4096 * 65_536)).toEqual(Buffer.from(small([1, 1, 2, 0x80, 0x20])));
  });

  it("is refused where there is one, or no memory", () => {
    expect(() => limitMemory(small([1, 1, 2, 3]), 65_536)).toThrow("not as Go writes it");
    expect(() => limitMemory(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 65_536)).toThrow("no section 5");
  });

  /** A memory of two pages, exported. */
  function withExport(): Uint8Array {
    const memory = [5, 3, 1, 0, 2];
    const exports = [7, 10, 1, 6, ...Buffer.from("memory"), 2, 0];
    return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...memory, ...exports);
  }
});

describeWithGo("the module's source", () => {
  it("gives the module", { timeout: 300_000 }, () => {
    const { status, stderr } = spawnSync(process.execPath, [`${FOLDER}build.ts`, "--check"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

/** Needs the very Go that go.mod names, or leave to fetch it. */
function describeWithGo(title: string, body: () => void): void {
  const reason = goObstacle();
  if (reason === null) describe(title, body);
  else if (peersRequired()) throw new Error(reason);
  else describe.skip(`${title} (skipped: ${reason})`, body);
}

function goObstacle(): string | null {
  try {
    runGo(FOLDER, "version");
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
