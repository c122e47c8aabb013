import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { CommandError } from "../../src/failure.ts";
import { environmentText } from "../../src/recovery/environment-text.ts";

const folder = mkdtempSync(join(tmpdir(), "sealwright-env-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Signs that mean something to somebody, among some that do not. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', "\\", "$", "`", "#", "=", " ", "\n", "\t", "{", "!", "~", "é"),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});

test("a shell and a library read back what was written, or it is refused", () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (values) => {
      const items = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
      const written = Object.fromEntries(
        Object.entries(items).filter(([item, value]) => write({ [item]: value }) !== null),
      );
      const file = write(written) ?? "";
      expect(parseEnv(file)).toEqual(written);
      expect(asShellReads(file, Object.keys(written))).toEqual(written);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["nothing", "", ""],
  ["a word", "hunter-2/x@y:1", "hunter-2/x@y:1"],
  ["several lines", "-----BEGIN\nabc\n-----END\n", "'-----BEGIN\nabc\n-----END\n'"],
  ["what a shell would expand", 'a $b "c" `d` \\e', `'a $b "c" \`d\` \\e'`],
  ["an apostrophe", "it's # here", `"it's # here"`],
])("%s", (_, value, quoted) => {
  expect(write({ V: value })).toBe(`V=${quoted}\n`);
});

test.each([
  ["both kinds of quotes", `'"`],
  ["an apostrophe beside a dollar sign", "'$a"],
  ["a backslash at the end", "a\\"],
  ["two backslashes", "a\\\\b"],
  ["a carriage return", "a\r\nb"],
  ["a NUL", "a\0b"],
])("%s has no form that all read alike", (_, value) => {
  expect(write({ V: value })).toBeNull();
});

test("bytes that are no text are refused, by the name of their item", () => {
  expect(() => environmentText([secretOf({ K: new Uint8Array([0xff, 0xfe]) })])).toThrow(
    new CommandError({ code: "recovery", problem: { code: "not_an_environment_value", item: "K" } }),
  );
});

/** Null where it is refused. */
function write(items: Readonly<Record<string, string>>): string | null {
  const data = Object.entries(items).map(([item, value]) => [item, new TextEncoder().encode(value)] as const);
  try {
    return environmentText([secretOf(Object.fromEntries(data))]);
  } catch (error) {
    if (error instanceof CommandError && error.failure.code === "recovery") return null;
    throw error;
  }
}

function secretOf(items: Readonly<Record<string, Uint8Array>>) {
  return { metadata: {}, data: new Map(Object.entries(items)) };
}

function asShellReads(file: string, names: readonly string[]): Readonly<Record<string, string>> {
  const path = join(folder, "env");
  writeFileSync(path, file);
  const script = `. "$1"; shift; for name; do eval "printf '%s\\0' \\"\\$$name\\""; done`;
  const values = execFileSync("sh", ["-c", script, "sh", path, ...names], { env: {}, encoding: "utf8" }).split("\0");
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
}
