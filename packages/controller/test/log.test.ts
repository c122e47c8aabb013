import { describe, expect, test, vi } from "vitest";
import { createLog, type LogFields, type LogOptions } from "../src/log.ts";

/** A log and what it wrote to its two outputs, in order. */
function logOf(options: Partial<LogOptions> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const log = createLog({
    format: "text",
    level: "info",
    out: { write: (line) => out.push(line) },
    err: { write: (line) => err.push(line) },
    ...options,
  });
  return { log, out, err };
}

function at<T>(time: string, action: () => T): T {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
  try {
    return action();
  } finally {
    vi.useRealTimers();
  }
}

test("text, as Go's slog writes it", () => {
  const { log, out } = logOf();
  at("2026-03-01T10:20:30.456Z", () => log.info("Unsealed", { namespace: "shop", name: "db", count: 2 }));
  expect(out).toEqual(["time=2026-03-01T10:20:30.456Z level=INFO msg=Unsealed namespace=shop name=db count=2\n"]);
});

test("JSON, a line an entry, in the same order", () => {
  const { log, out } = logOf({ format: "json" });
  at("2026-03-01T10:20:30.456Z", () => log.info("New key", { fingerprint: "SHA256:x" }));
  expect(out).toEqual([
    '{"time":"2026-03-01T10:20:30.456Z","level":"INFO","msg":"New key","fingerprint":"SHA256:x"}\n',
  ]);
});

test("warnings and errors go to the other output", () => {
  const { log, out, err } = logOf();
  log.info("a");
  log.warn("b");
  log.error("c");
  expect(out.join()).toMatch(/level=INFO msg=a\n$/);
  expect(err.join()).toMatch(/level=WARN msg=b\n,.*level=ERROR msg=c\n$/);
});

test.each([
  ["debug", ["INFO", "WARN", "ERROR"]],
  ["info", ["INFO", "WARN", "ERROR"]],
  ["warn", ["WARN", "ERROR"]],
  ["error", ["ERROR"]],
] as const)("level %s", (level, levels) => {
  const { log, out, err } = logOf({ level, format: "json" });
  log.info("a");
  log.warn("a");
  log.error("a");
  expect([...out, ...err].map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(levels);
});

describe("quoting", () => {
  test.each([
    ["plain", "plain"],
    ["", '""'],
    ["two words", '"two words"'],
    ["a=b", '"a=b"'],
    ['say "x"', '"say \\"x\\""'],
    ["back\\slash", '"back\\\\slash"'],
    ["a\nlevel=ERROR msg=forged", '"a\\nlevel=ERROR msg=forged"'],
    ["\u001b[31mred", '"\\u001b[31mred"'],
    ["\u009b31m\u007f", '"\\u009b31m\\u007f"'],
    ["a\u202eb\u2028c", '"a\\u202eb\\u2028c"'],
    ["grün", '"grün"'],
  ])("%j is one value on one line", (message, quoted) => {
    const { log, out } = logOf();
    log.info("x", { message });
    expect(out[0]).toMatch(/^[^\n]*\n$/);
    expect(out[0]?.slice(out[0].indexOf("message="))).toBe(`message=${quoted}\n`);
  });

  test("in JSON too, and it stays the same value", () => {
    const { log, out } = logOf({ format: "json" });
    const message = 'a\nb "\u009b \u202e \u{e0001}';
    log.info("x", { message });
    expect(out[0]).toMatch(/^[^\p{Cc}\p{Cf}]*\n$/u);
    expect(JSON.parse(out[0] ?? "")).toMatchObject({ message });
  });
});

test("a line carries names and numbers; what else there is does not compile", () => {
  const fields: LogFields = { name: "database" };
  // @ts-expect-error a value has no place in a log line
  const leaking: LogFields = { name: "database", data: "hunter2" };
  expect(Object.keys(leaking)).toHaveLength(2);
  expect(Object.keys(fields)).toEqual(["name"]);
});
